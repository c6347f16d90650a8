//! Lints: generated code has no warnings under the strictest lints, so that users can enable them. `cargo clippy` is the test;
//! the library `tests/renamed` does the same for public items.

#![deny(warnings, missing_docs, unused, clippy::all, clippy::pedantic, clippy::nursery, clippy::cargo)]
#![deny(unreachable_pub, elided_lifetimes_in_paths, single_use_lifetimes, trivial_casts, unused_qualifications)]

use crate::User;

/// Implementations share one signature, whether or not each needs all of it.
#[feats::feature]
trait Shared {
    #[default]
    fn new(name: String, count: &u64, user: User, items: &Vec<u8>) -> Result<String, String> {
        Ok(format!("{name} {count} {} {}", user.id, items.len()))
    }
    fn constant(_: String, _: &u64, _: User, _: &Vec<u8>) -> Result<String, String> {
        Ok(String::new())
    }
}

/// Implementations that await nothing and return nothing.
#[feats::feature]
trait Quiet {
    #[default]
    async fn awaits_nothing() -> () {}
}

/// A feature that is never used.
#[feats::feature]
trait Unused {
    #[default]
    fn never() -> u8 {
        1
    }
    #[deprecated = "it was slow"]
    fn slow() -> u8 {
        2
    }
}

/// A boolean feature that is never used.
#[feats::boolean]
fn UnusedBoolean(_id: &u64) -> bool {
    true
}

/// A segment that is never used.
#[feats::segment]
trait UnusedSegment {
    const OPTIONS: &[&str] = &["a"];
    fn id(id: &u64) -> Option<String> {
        Some(id.to_string())
    }
    fn constant(_user: &User) -> Option<String> {
        None
    }
}

/// Lint levels on the item apply to its functions.
#[feats::feature]
#[allow(clippy::cast_possible_truncation, reason = "the lint level reaches the functions")]
trait Allowed {
    #[default]
    fn truncated(id: u64) -> u8 {
        id as u8
    }
}

#[feats::boolean]
fn Ready(_name: &str) -> bool {
    true
}

/// A parameter that only the other function uses.
#[feats::when_enabled(Ready("a"), otherwise = other)]
#[must_use]
pub(crate) fn guarded(_name: &str, count: u32) -> Result<u32, String> {
    if count == 0 { Err("none".to_owned()) } else { Ok(count) }
}

const fn other(name: &str, count: u32) -> Result<u32, String> {
    if name.is_empty() { Err(String::new()) } else { Ok(count) }
}

/// A body that returns nothing.
#[feats::when_enabled(Ready("a"))]
pub(crate) fn optional() {}

/// A body that returns early, fails, and starts with an attribute.
#[feats::when_enabled(Ready("a"))]
pub(crate) async fn optional_error(count: u32) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    #![allow(clippy::cast_possible_truncation, reason = "the lint level reaches the body")]
    tokio::task::yield_now().await;
    if count == 0 {
        return Ok(());
    }
    let parsed: u8 = "x".parse()?;
    Err(format!("{}", parsed + count as u8).into())
}

#[tokio::test]
async fn clean_handles_still_work() {
    let user = crate::ada();
    assert_eq!(Shared::create("a".to_owned(), &1, user, &vec![]), Ok("a 1 1 0".to_owned()));
    Quiet::create().await;
    assert_eq!(Allowed::create(257), 1);
}

#[tokio::test]
async fn clean_functions_with_a_condition_still_work() {
    assert_eq!((guarded("a", 1), optional()), (Ok(1), Some(())));
    assert!(optional_error(1).await.is_some_and(|result| result.is_err()));
}
