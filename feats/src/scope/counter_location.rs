//! The location of the counters of a feature.

/// The location of the counters of a feature. For a feature of the code, it is the index of the counter of its first
/// implementation; the counters of the other implementations follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CounterLocation(pub(crate) u32);

impl CounterLocation {
    /// The location for a feature that the code of this program does not declare: each revision has the indexes of the counters
    /// of its choices.
    pub(crate) const BY_REVISION: Self = Self(u32::MAX);

    /// Returns the index of the counter of a choice that the code declares.
    #[inline]
    pub(super) fn index(self, choice: u16) -> usize {
        self.0 as usize + usize::from(choice)
    }
}
