//! The source of a subject's value in a compiled state.

/// An applicable segment, and the cache entry of its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) position: u16,
    /// [`Source::NOT_CACHED`] if the segment is used in one place only.
    pub(crate) cache_index: u16,
}

impl Source {
    pub(crate) const NOT_CACHED: u16 = u16::MAX;

    pub(crate) fn new(position: u16) -> Self {
        Self { position, cache_index: Self::NOT_CACHED }
    }
}
