//! Whether revisions are what was written: each carries the hash of the one before it.

use feats::model::Hash;
use maud::{Markup, html};

use super::revision::Stored;

/// What the hashes of neighbouring revisions say.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Chain {
    /// From the first of these versions to the second, each is what was written, and follows on the one before.
    Intact(u64, u64),
    /// This version is not what was written, or does not follow on the one before it.
    Broken(u64),
}

impl Chain {
    /// Looks at revisions, newest first.
    pub(super) fn verify(revisions: &[Stored]) -> Self {
        for (index, stored) in revisions.iter().enumerate() {
            let follows = match (&stored.revision, revisions.get(index + 1)) {
                (Err(_), _) => false,
                (Ok(revision), Some(before)) => {
                    revision.previous() == before.hash && before.version.checked_add(1) == Some(stored.version)
                }
                // What stands before the last one is not at hand, unless nothing does.
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
                    span.tag.ok { "intact" } " "
                    "The hashes of " @if first == last { (last) } @else { (first) " to " (last) }
                    " fit: each covers the one before it, so none was altered after it was written."
                },
                Chain::Broken(version) => p.bad {
                    span.tag.stop { "broken" } " "
                    "The hash of " (version) " does not fit what is stored: it was altered after it was written, or one before it is missing."
                },
            }
        }
    }
}
