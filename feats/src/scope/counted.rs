//! Where uses are counted.

/// Where the uses of a feature are counted: for one of the program's code the place of the counter of its first implementation,
/// which those of the others follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counted(pub(crate) u32);

impl Counted {
    /// A feature that no code of this program declares: each revision has the places of its choices.
    pub(crate) const BY_REVISION: Self = Self(u32::MAX);

    /// The place of the counter of a choice that the code declares.
    #[inline]
    pub(super) fn place(self, choice: u16) -> usize {
        self.0 as usize + usize::from(choice)
    }
}
