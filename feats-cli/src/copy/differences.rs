//! What differs between both stores and is left as it is.

/// The maximum number of differences that are listed. Further ones are counted.
const MAX_LISTED: usize = 100;

/// A list of differences between both stores.
#[derive(Default)]
pub(crate) struct Differences {
    listed: Vec<String>,
    count: usize,
}

impl Differences {
    pub(super) fn push(&mut self, difference: impl FnOnce() -> String) {
        self.count += 1;
        if self.listed.len() < MAX_LISTED {
            self.listed.push(difference());
        }
    }

    /// Returns the first differences.
    pub(crate) fn listed(&self) -> &[String] {
        &self.listed
    }

    /// Returns the number of all differences.
    pub(crate) fn count(&self) -> usize {
        self.count
    }
}
