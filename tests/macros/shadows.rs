//! User-defined names that shadow those of the standard library: generated code uses the standard library.

#![allow(dead_code, unused_macros, reason = "most of these only shadow other names")]

use ::feats::Feature as _;

struct Option;
struct Result;
struct Box;
struct String;
struct Vec;
struct Future;
struct Input;
struct Feature;
struct Segment;
struct Decision;
trait Default {}
trait Clone {}
trait Copy {}
trait Debug {}
trait Display {}
trait Sized {}
trait Into {}
trait AsRef {}
mod core {}
mod std {}
mod feats {}

macro_rules! line {
    () => {
        compile_error!("the user's own macro")
    };
}

#[::feats::feature]
trait Shadowed {
    type Output = dyn Fn(u8) -> u8;

    #[default]
    fn same(_option: &Option, _box: Box) -> fn(u8) -> u8 {
        |number| number
    }
    fn next(_option: &Option, _box: Box) -> fn(u8) -> u8 {
        |number| number + 1
    }
}

#[::feats::feature]
trait Converted {
    type Output = u64;

    #[default]
    fn small() -> u8 {
        1
    }
}

#[::feats::boolean]
fn On(_feature: &Feature) -> bool {
    true
}

#[::feats::segment]
trait Place {
    const OPTIONS: &[&str] = &["here"];
    fn option(_option: &Option) -> &str {
        "here"
    }
}

fn plain(_option: &Option, number: u8) -> u8 {
    number
}

#[::feats::when_enabled(On(&Feature), otherwise = plain)]
fn guarded(_option: &Option, _: u8) -> u8 {
    2
}

#[::feats::when_enabled(On(&Feature))]
async fn optional(_option: &Option) -> u8 {
    3
}

#[tokio::test]
async fn handles_work_with_shadowed_names() {
    assert_eq!((guarded(&Option, 1), optional(&Option).await.is_some()), (2, true));
    assert_eq!(Shadowed::create(&Option, Box)(1), 1);
    assert_eq!(Converted::create(), 1);
    assert!(On::is_enabled(&Feature));
    assert_eq!(Shadowed::ALL.len(), 2);
    let _ = Place::is("here");
}
