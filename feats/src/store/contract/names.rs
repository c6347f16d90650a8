//! Names: any text, and different text is a different name.

use super::Case;
use super::material::{Place, Verdict, case, ensure, expected, loaded, publish, revision, state, whole_history};
use super::records::keeps_records;
use crate::store::{Appended, Page};

pub(super) const CASES: &[Case] = &[
    case!(names_of_features, "a feature's name is any text, and different text is another feature"),
    case!(names_of_records, "kinds, keys, counters, experiments and units are any text, and different text is another"),
    case!(names_joined, "two names side by side are not one name with something between them"),
];

/// Pairs that are easily confused stand together.
const ODD: &[&str] = &[
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

/// Names of the greatest length, which differ only at the end.
fn long() -> impl Iterator<Item = String> {
    ["a", "é", "日"]
        .into_iter()
        .flat_map(|letter| [letter.repeat(200), letter.repeat(199), format!("{}b", letter.repeat(199))])
}

fn odd_names() -> Vec<String> {
    let mut names: Vec<String> = ODD.iter().map(|name| (*name).to_owned()).chain(long()).collect();
    names.sort();
    names
}

async fn names_of_features(place: Place) -> Verdict {
    let store = place.open();
    let names = odd_names();
    let mut written = Vec::new();
    for (n, name) in names.iter().enumerate() {
        let entry = revision(name, None, Some(&state(n)))?;
        let appended = store.append(expected(None), &entry).await?;
        ensure!(appended == Appended::Done, "the first revision of {name:?} met {appended:?}");
        written.push(entry);
    }
    let read = loaded(&*place.open()).await?;
    ensure!(read.len() == written.len(), "of {} names, {} were loaded", written.len(), read.len());
    for (read, written) in read.iter().zip(&written) {
        ensure!(read == written, "{:?} was loaded as {:?}", written.feature, read.feature);
    }
    for (name, written) in names.iter().zip(&written) {
        let history = store.history(name, Page::default()).await?;
        ensure!(history == [written.clone()], "the history of {name:?} was {history:?}");
    }
    let mut versions = store.versions().await?;
    versions.sort();
    ensure!(versions.iter().map(|(name, _)| name).eq(&names), "the versions were {versions:?}");
    let last = publish(&*store, "é", &state(0)).await?;
    ensure!(whole_history(&*store, "é").await?.last() == Some(&last), "\"é\" has another history");
    Ok(())
}

async fn names_of_records(place: Place) -> Verdict {
    let store = place.open();
    if !keeps_records(&*store).await {
        return Ok(());
    }
    let names = odd_names();
    for name in names.iter().map(String::as_str) {
        store.put("kind", name, name.as_bytes(), None).await?;
        store.put(name, "key", name.as_bytes(), None).await?;
        store.add_counts("kind", name, &[("n".to_owned(), 1)], None).await?;
        store.add_counts(name, "key", &[("n".to_owned(), 1)], None).await?;
        store.assign("experiment", name, name).await?;
        store.assign(name, "unit", name).await?;
    }
    let counters: Vec<(String, i64)> = names.iter().map(|name| (name.clone(), 1)).collect();
    store.add_counts("counters", "key", &counters, None).await?;
    let there = store.counts("counters", "key").await?;
    ensure!(there == counters, "the counters were {there:?}");

    let keys: Vec<String> = store.list("kind").await?.into_iter().map(|record| record.key).collect();
    ensure!(keys == names, "sorted by bytes, the keys were {keys:?}");
    for name in names.iter().map(String::as_str) {
        let records = store.list(name).await?;
        let bytes: Vec<&[u8]> = records.iter().map(|record| record.bytes.as_slice()).collect();
        ensure!(bytes == [name.as_bytes()], "the records of kind {name:?} were {records:?}");
        for (kind, key) in [("kind", name), (name, "key")] {
            let counts = store.counts(kind, key).await?;
            ensure!(counts == [("n".to_owned(), 1)], "the counts of {kind:?} and {key:?} were {counts:?}");
        }
        for (experiment, unit) in [("experiment", name), (name, "unit")] {
            let choice = store.assigned(experiment, unit).await?;
            ensure!(choice.as_deref() == Some(name), "unit {unit:?} of {experiment:?} is assigned to {choice:?}");
        }
    }
    Ok(())
}

async fn names_joined(place: Place) -> Verdict {
    let store = place.open();
    if !keeps_records(&*store).await {
        return Ok(());
    }
    for joint in ["", " ", ":", "::", "/", ".", "_", "-", "|", ",", ";", "#", "}", "\t", "\u{1f}"] {
        let pairs = [(format!("a{joint}b"), "c".to_owned()), ("a".to_owned(), format!("b{joint}c"))];
        for (n, (first, second)) in (1..).zip(&pairs) {
            let choice = n.to_string();
            store.put(first, second, choice.as_bytes(), None).await?;
            store.add_counts(first, second, &[("n".to_owned(), n)], None).await?;
            store.assign(first, second, &choice).await?;
        }
        for (n, (first, second)) in (1..).zip(&pairs) {
            let choice = n.to_string();
            let records = store.list(first).await?;
            let kept = records.iter().any(|record| record.key == *second && record.bytes == choice.as_bytes());
            ensure!(kept, "after the records of {pairs:?} were put, those of {first:?} were {records:?}");
            let counts = store.counts(first, second).await?;
            ensure!(
                counts == [("n".to_owned(), n)],
                "of {pairs:?}, {first:?} and {second:?} had the counts {counts:?}"
            );
            let assigned = store.assigned(first, second).await?;
            ensure!(assigned == Some(choice), "of {pairs:?}, {second:?} of {first:?} was assigned {assigned:?}");
        }
    }
    Ok(())
}
