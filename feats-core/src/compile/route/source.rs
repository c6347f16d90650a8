//! Where a compiled part of a state takes a value of the subject from.

/// A fitting segment, and where its value is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) position: u16,
    /// [`Source::NOWHERE`] if it is looked at in one place only.
    pub(crate) memory: u16,
}

impl Source {
    pub(crate) const NOWHERE: u16 = u16::MAX;

    pub(crate) fn at(position: u16) -> Self {
        Self { position, memory: Self::NOWHERE }
    }
}
