//! Apps with flags, and checks of refused writes.

use std::future::IntoFuture;

use feats::flags::{Flag, Flags};
use feats::model::{Entry, FORMAT, Header};
use feats::store::{Memory, Page, RevisionStamp, Store};
use feats::{App, Error, ErrorKind, Result, Timestamp};
use serde_json::Value as Json;

pub async fn app_on(store: impl Store) -> App {
    App::builder().store(store).detached().start().await.expect("an app starts")
}

pub async fn flags() -> Flags {
    app_on(Memory::new()).await.flags().author("ada")
}

/// Writes, and expects that the input is refused with a path for each problem, and that nothing was written.
pub async fn refused<T>(flag: &Flag, write: impl IntoFuture<Output = Result<T>>) -> Error {
    let before = versions(flag).await;
    let Err(error) = write.await else { panic!("{} was not refused", flag.name()) };
    assert_eq!(error.kind(), ErrorKind::Invalid, "{error}");
    assert!(!error.problems().is_empty(), "{error}");
    for problem in error.problems() {
        assert!(!problem.path().is_empty() && !problem.message().is_empty(), "{error}");
    }
    assert_eq!(versions(flag).await, before, "{error}");
    error
}

/// Returns the number of versions of a flag; 0 if it was never created.
pub async fn versions(flag: &Flag) -> usize {
    match flag.history().await {
        Ok(history) => history.len(),
        Err(error) if error.is_not_found() => 0,
        Err(error) => panic!("{error}"),
    }
}

/// Appends a state without checks, as another program could.
pub async fn append(store: &Memory, flag: &str, state: &Json) {
    let newest = store.history(flag, Page { before: None, limit: 1 }).await.expect("read").pop();
    let expected = newest.as_ref().map(RevisionStamp::after).unwrap_or_default();
    let header = Header {
        format: FORMAT,
        feature: flag.to_owned(),
        version: expected.version + 1,
        id: format!("{flag} {}", expected.version),
        previous: expected.hash,
        author: "another program".to_owned(),
        comment: String::new(),
        time: Timestamp::from_millis(1_796_115_600_000),
    };
    store.append(expected, &Entry::encode(&header, Some(state)).expect("JSON")).await.expect("appended");
}
