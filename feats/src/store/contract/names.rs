//! Cases about names: any text is a name, and different text is a different name. All parts test the same names.

use super::case::{Case, case};
use super::fixture::{CheckResult, TestPlace, ensure, expected, loaded, publish, revision, state, whole_history};
use crate::store::{AppendOutcome, Page};

pub(super) const CASES: &[Case] =
    &[case!(names_of_features, "a feature's name is any text, and different text is a different feature")];

/// Separators with which a store may join two names.
pub(super) const SEPARATORS: [&str; 15] =
    ["", " ", ":", "::", "/", ".", "_", "-", "|", ",", ";", "#", "}", "\t", "\u{1f}"];

/// Unusual names. Names that are easily confused are listed together.
const ODD_NAMES: &[&str] = &[
    "a",
    "A",
    " a",
    "a ",
    "a b",
    "a  b",
    "a\tb",
    "a\nb",
    "\u{1}",
    "\u{1f}\u{7f}",
    "it's",
    "''",
    "\"quoted\"",
    "`tick`",
    "semi; DROP TABLE features; --",
    "/* a */",
    "%",
    "%%",
    "_",
    "a%",
    "a_",
    "ab",
    "a:b",
    "a::b",
    ":",
    "{}",
    "{a}",
    "{a}:b",
    "$1",
    "?",
    "?1",
    "*",
    "[a-z]",
    "a/b",
    "a\\b",
    "/",
    ".",
    "..",
    "../a",
    "a.b",
    "#",
    "a#b",
    "%61",
    "a%2fb",
    "a+b",
    "a&b=c",
    "NULL",
    "null",
    "true",
    "0",
    "00",
    "1",
    "1.0",
    "1e0",
    "-1",
    "0x31",
    "é",
    "e\u{301}",
    "É",
    "ﬁ",
    "fi",
    "ß",
    "ss",
    "SS",
    "ı",
    "i",
    "İ",
    "K",
    "\u{212a}",
    "Å",
    "\u{212b}",
    "日本語",
    "עברית",
    "\u{202e}a",
    "a\u{200b}",
    "\u{feff}a",
    "👩‍🚀",
    "👩",
    "🦀",
];

/// Returns names of the maximum length that differ only at the end.
fn long_names() -> impl Iterator<Item = String> {
    ["a", "é", "日"]
        .into_iter()
        .flat_map(|letter| [letter.repeat(200), letter.repeat(199), format!("{}b", letter.repeat(199))])
}

pub(super) fn odd_names() -> Vec<String> {
    let mut names: Vec<String> = ODD_NAMES.iter().map(|name| (*name).to_owned()).chain(long_names()).collect();
    names.sort();
    names
}

async fn names_of_features(place: TestPlace) -> CheckResult {
    let store = place.open();
    let names = odd_names();
    let mut written = Vec::new();
    for (n, name) in names.iter().enumerate() {
        let entry = revision(name, None, Some(&state(n)))?;
        let appended = store.append(expected(None), &entry).await?;
        ensure!(appended == AppendOutcome::Done, "the append of the first revision of {name:?} returned {appended:?}");
        written.push(entry);
    }
    let read = loaded(&*place.open()).await?;
    ensure!(read.len() == written.len(), "of {} names `load` returned {}", written.len(), read.len());
    for (read, written) in read.iter().zip(&written) {
        ensure!(read == written, "{:?} was loaded as {:?}", written.feature, read.feature);
    }
    for (name, written) in names.iter().zip(&written) {
        let history = store.history(name, Page::default()).await?;
        ensure!(history == [written.clone()], "the history of {name:?} is {history:?}");
    }
    let mut versions = store.versions().await?;
    versions.sort();
    ensure!(versions.iter().map(|(name, _)| name).eq(&names), "the versions are {versions:?}");
    let last = publish(&*store, "é", &state(0)).await?;
    ensure!(whole_history(&*store, "é").await?.last() == Some(&last), "\"é\" has another history");
    Ok(())
}
