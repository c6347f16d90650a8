//! Differences between two states, as lines of a page.

use feats::describe::Difference;

use super::page::Page;

impl Page {
    /// Writes one difference.
    pub(crate) fn difference(&mut self, difference: &Difference) {
        match difference {
            Difference::Removed { before } => self.removed(&before.text),
            Difference::Added { after } => self.added(&after.text),
            Difference::Changed { before, after } if before.text == after.text => {
                self.line(format_args!("~ {}: the slots are assigned differently; --json shows them", after.part));
            }
            Difference::Changed { before, after } => {
                self.removed(&before.text);
                self.added(&after.text);
            }
            Difference::Reordered { before, after } => {
                self.removed(format_args!("Order: {}", before.join(", ")));
                self.added(format_args!("Order: {}", after.join(", ")));
            }
        }
    }
}
