//! The verification of a history by its hash chain: each revision contains the hash of the previous one.

use feats::model::Hash;
use maud::{Markup, html};

use super::revision::Stored;

/// The result of the verification.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Chain {
    /// All versions in this range are unaltered and follow each other.
    Intact(u64, u64),
    /// This version is altered, or does not follow the previous one.
    Broken(u64),
}

impl Chain {
    /// Verifies revisions, newest first.
    pub(super) fn verify(revisions: &[Stored]) -> Self {
        for (index, stored) in revisions.iter().enumerate() {
            let follows = match (&stored.revision, revisions.get(index + 1)) {
                (Err(_), _) => false,
                (Ok(revision), Some(before)) => {
                    revision.previous() == before.hash && before.version.checked_add(1) == Some(stored.version)
                }
                // The predecessor of the last one was not read; version 1 has none.
                (Ok(revision), None) => stored.version != 1 || revision.previous() == Hash::default(),
            };
            if !follows {
                return Chain::Broken(stored.version);
            }
        }
        let version = |stored: Option<&Stored>| stored.map_or(0, |stored| stored.version);
        Chain::Intact(version(revisions.last()), version(revisions.first()))
    }

    pub(super) fn show(&self) -> Markup {
        html! {
            @match self {
                Chain::Intact(first, last) => p.quiet {
                    span.tag.ok { "Verified unaltered" } " "
                    @if first == last { "Version " (last) } @else { "Versions " (first) " to " (last) }
                },
                Chain::Broken(version) => p.bad {
                    span.tag.stop { "Altered" } " "
                    "Version " (version) " was altered after it was published, or the version before it is missing."
                },
            }
        }
    }
}
