//! How a browser shows pages: the size of its window, its colours, and whether it runs scripts.

/// How a browser shows pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) dark: bool,
    pub(super) scripts: bool,
}

impl Look {
    /// The window of a phone.
    pub fn phone(self) -> Self {
        Self { width: 390, height: 844, ..self }
    }

    /// For people who prefer dark colours.
    pub fn dark(self) -> Self {
        Self { dark: true, ..self }
    }

    /// No script runs.
    pub fn without_scripts(self) -> Self {
        Self { scripts: false, ..self }
    }
}

impl Default for Look {
    fn default() -> Self {
        Self { width: 1280, height: 900, dark: false, scripts: true }
    }
}
