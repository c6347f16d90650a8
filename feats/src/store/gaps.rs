//! Gaps in histories: revisions that a store has lost stay visible as missing.

use super::Page;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Entry;

/// The maximum number of missing revisions in one page.
const MAX_MISSING: usize = 10_000;

impl Page {
    /// Builds this page of a history, with [`Entry::missing`] in place of each lost revision. For implementations of
    /// [`Store::history`](super::Store::history).
    ///
    /// `entries` are the revisions of the page that the store still has, newest first. `newest` is the newest version that the
    /// store knows of.
    ///
    /// ```
    /// # use feats::store::Page;
    /// let page = Page::default().filled("Pay", 2, Vec::new())?;
    /// assert_eq!(page.iter().map(|entry| (entry.version, entry.is_missing())).collect::<Vec<_>>(), [(2, true), (1, true)]);
    /// # Ok::<(), feats::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Corrupt`] if more than 10 000 revisions of the page are missing.
    pub fn filled(&self, feature: &str, newest: u64, entries: Vec<Entry>) -> Result<Vec<Entry>> {
        let newest = entries.first().map_or(newest, |entry| entry.version.max(newest));
        let mut expected = self.before.map_or(newest, |before| newest.min(before.saturating_sub(1)));
        let mut filled = Vec::with_capacity(entries.len());
        let mut missing = 0_usize;
        for entry in entries {
            self.fill(&mut filled, &mut missing, feature, expected, entry.version)?;
            expected = entry.version.saturating_sub(1);
            if filled.len() < self.limit {
                filled.push(entry);
            }
        }
        self.fill(&mut filled, &mut missing, feature, expected, 0)?;
        Ok(filled)
    }

    /// Adds missing entries from the version `from` down to the one after `until`.
    fn fill(&self, filled: &mut Vec<Entry>, missing: &mut usize, feature: &str, from: u64, until: u64) -> Result<()> {
        for version in (until.saturating_add(1)..=from).rev() {
            if filled.len() >= self.limit {
                return Ok(());
            }
            *missing += 1;
            if *missing > MAX_MISSING {
                let message = format!("more than {MAX_MISSING} revisions are missing, down from version {from}");
                return Err(Error::new(ErrorKind::Corrupt, message).with_feature(feature));
            }
            filled.push(Entry::missing(feature, version));
        }
        Ok(())
    }
}

/// Returns the warning about histories with gaps, or `None` without any. Each gap is a feature, its newest version, and the
/// number of revisions that the store has.
#[cfg(any(
    test,
    feature = "consul",
    feature = "mysql",
    feature = "postgres",
    feature = "redis",
    feature = "s3",
    feature = "sqlite"
))]
pub(super) fn warning(mut gaps: Vec<(String, u64, u64)>) -> Option<String> {
    const MAX_NAMED: usize = 5;
    gaps.sort();
    let named = gaps.iter().take(MAX_NAMED).map(|(feature, newest, kept)| {
        format!("{} ({} of {newest})", crate::text::quoted(feature), newest.saturating_sub(*kept))
    });
    let mut named: Vec<String> = named.collect();
    match gaps.len().saturating_sub(MAX_NAMED) {
        0 => {}
        more => named.push(format!("{more} more")),
    }
    let list = named.join(", ");
    (!gaps.is_empty()).then(|| format!("the store has lost revisions from the history of {list}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn versions(page: Page, newest: u64, kept: &[u64]) -> Vec<(u64, bool)> {
        let entries = kept.iter().map(|version| Entry { id: "i".to_owned(), ..Entry::missing("F", *version) });
        let filled = page.filled("F", newest, entries.collect()).expect("less than the maximum is missing");
        filled.iter().map(|entry| (entry.version, entry.is_missing())).collect()
    }

    #[test]
    fn every_version_is_listed_once_newest_first() {
        let page = |before, limit| Page { before, limit };
        let (kept, lost) = (false, true);
        let all = page(None, usize::MAX);
        assert_eq!(versions(all, 0, &[]), []);
        assert_eq!(versions(all, 3, &[3, 2, 1]), [(3, kept), (2, kept), (1, kept)]);
        assert_eq!(versions(all, 3, &[3, 1]), [(3, kept), (2, lost), (1, kept)]);
        assert_eq!(versions(all, 3, &[2]), [(3, lost), (2, kept), (1, lost)]);
        assert_eq!(
            versions(all, 2, &[3, 2, 1]),
            [(3, kept), (2, kept), (1, kept)],
            "a revision was appended concurrently"
        );
        assert_eq!(versions(page(None, 2), 4, &[3, 2]), [(4, lost), (3, kept)]);
        assert_eq!(versions(page(Some(3), 2), 4, &[1]), [(2, lost), (1, kept)]);
        assert_eq!(versions(page(Some(1), 2), 4, &[]), []);
        assert_eq!(versions(page(Some(0), 2), 4, &[]), []);
        assert_eq!(versions(page(None, 0), 4, &[]), []);
        assert_eq!(versions(page(Some(u64::MAX), 2), u64::MAX, &[]).len(), 2);
    }

    #[test]
    fn more_missing_revisions_than_the_maximum_are_an_error() {
        let page = Page { before: None, limit: usize::MAX };
        for (newest, kept) in [(u64::MAX, vec![]), (u64::MAX, vec![Entry::missing("F", 1)])] {
            assert_eq!(page.filled("F", newest, kept).expect_err("more than the maximum").kind(), ErrorKind::Corrupt);
        }
        assert_eq!(page.filled("F", 10_000, Vec::new()).expect("exactly the maximum").len(), 10_000);
    }

    #[test]
    fn the_warning_lists_the_first_features_by_name() {
        assert_eq!(warning(Vec::new()), None);
        let gaps = (0..7).map(|n| (format!("F{n}"), 5, n)).collect();
        let text = warning(gaps).expect("a warning");
        let named = "\"F0\" (5 of 5), \"F1\" (4 of 5), \"F2\" (3 of 5), \"F3\" (2 of 5), \"F4\" (1 of 5), 2 more";
        assert_eq!(text, format!("the store has lost revisions from the history of {named}"));
    }
}
