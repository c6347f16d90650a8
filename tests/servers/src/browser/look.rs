//! The appearance of a browser: the size of its window, its colors, and support for scripts.

/// The appearance of a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) dark: bool,
    pub(super) scripts: bool,
}

impl Look {
    /// Sets the window size of a phone.
    pub fn phone(self) -> Self {
        Self { width: 390, height: 844, ..self }
    }

    /// Prefers dark colors.
    pub fn dark(self) -> Self {
        Self { dark: true, ..self }
    }

    /// Disables scripts.
    pub fn without_scripts(self) -> Self {
        Self { scripts: false, ..self }
    }
}

impl Default for Look {
    fn default() -> Self {
        Self { width: 1280, height: 900, dark: false, scripts: true }
    }
}
