//! What differs between two states, as lines.

use feats::describe::Difference;

use super::page::Page;

impl Page {
    /// Something that differs between two states.
    pub(crate) fn difference(&mut self, difference: &Difference) {
        match difference {
            Difference::Removed { before } => self.removed(&before.text),
            Difference::Added { after } => self.added(&after.text),
            Difference::Changed { before, after } if before.text == after.text => {
                self.line(format_args!("~ {}: who owns which slots changes, see --json", after.part));
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
