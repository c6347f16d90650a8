//! The context of a position that assertions such as `^` and `\b` observe.

use regex_syntax::hir::Look;

/// The properties of one side of a position: a character of these kinds, or the edge of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Side(u8);

impl Side {
    pub(super) const NONE: Self = Self(0);
    pub(super) const EDGE: Self = Self(1);
    pub(super) const LF: Self = Self(2);
    pub(super) const CR: Self = Self(4);
    pub(super) const ASCII_WORD: Self = Self(8);
    pub(super) const WORD: Self = Self(16);

    pub(super) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) fn masked(self, mask: Self) -> Self {
        Self(self.0 & mask.0)
    }

    /// Returns the properties that an assertion depends on.
    pub(super) fn observed_by(look: Look) -> Self {
        match look {
            Look::Start | Look::End => Self::EDGE,
            Look::StartLF | Look::EndLF => Self::EDGE.with(Self::LF),
            Look::StartCRLF | Look::EndCRLF => Self::EDGE.with(Self::LF).with(Self::CR),
            Look::WordAscii
            | Look::WordAsciiNegate
            | Look::WordStartAscii
            | Look::WordEndAscii
            | Look::WordStartHalfAscii
            | Look::WordEndHalfAscii => Self::ASCII_WORD,
            Look::WordUnicode
            | Look::WordUnicodeNegate
            | Look::WordStartUnicode
            | Look::WordEndUnicode
            | Look::WordStartHalfUnicode
            | Look::WordEndHalfUnicode => Self::WORD,
        }
    }

    /// Returns `true` if an assertion is satisfied between two sides.
    pub(super) fn is_satisfied(look: Look, before: Self, after: Self) -> bool {
        let [word_before, word_after] = [before, after].map(|side| side.has(Self::observed_by(look)));
        match look {
            Look::Start => before.has(Self::EDGE),
            Look::End => after.has(Self::EDGE),
            Look::StartLF => before.has(Self::EDGE.with(Self::LF)),
            Look::EndLF => after.has(Self::EDGE.with(Self::LF)),
            Look::StartCRLF => before.has(Self::EDGE.with(Self::LF)) || (before.has(Self::CR) && !after.has(Self::LF)),
            Look::EndCRLF => after.has(Self::EDGE.with(Self::CR)) || (after.has(Self::LF) && !before.has(Self::CR)),
            Look::WordAscii | Look::WordUnicode => word_before != word_after,
            Look::WordAsciiNegate | Look::WordUnicodeNegate => word_before == word_after,
            Look::WordStartAscii | Look::WordStartUnicode => !word_before && word_after,
            Look::WordEndAscii | Look::WordEndUnicode => word_before && !word_after,
            Look::WordStartHalfAscii | Look::WordStartHalfUnicode => !word_before,
            Look::WordEndHalfAscii | Look::WordEndHalfUnicode => !word_after,
        }
    }
}
