//! What functions with a condition return.

use std::fmt::Display;

use super::On;

#[feats::when_enabled(On)]
fn parsed(text: &str) -> Result<u32, Box<dyn std::error::Error>> {
    let number: u32 = text.parse()?;
    if number > 9 {
        Err("too large")?;
    }
    Ok(number)
}

#[feats::when_enabled(On)]
async fn parsed_later(text: &str) -> Result<u32, Box<dyn std::error::Error>> {
    let number: u32 = text.parse()?;
    if number > 9 {
        return Err("too large".into());
    }
    Ok(number)
}

#[tokio::test]
async fn question_marks_and_returns_are_those_of_the_body() {
    assert_eq!(parsed("3").expect("enabled").expect("a number"), 3);
    assert_eq!(parsed("10").expect("enabled").unwrap_err().to_string(), "too large");
    assert!(parsed("x").expect("enabled").is_err());
    assert_eq!(parsed_later("3").await.expect("enabled").expect("a number"), 3);
    assert_eq!(parsed_later("10").await.expect("enabled").unwrap_err().to_string(), "too large");
    assert!(parsed_later("x").await.expect("enabled").is_err());
}

#[feats::when_enabled(On)]
fn nothing(count: &mut u32) {
    *count += 1;
}

#[feats::when_enabled(On)]
fn part<'a>(values: &'a mut [u32], _other: &str) -> &'a mut u32 {
    &mut values[0]
}

#[feats::when_enabled(On)]
fn numbers(limit: u8) -> impl Iterator<Item = u8> + Clone {
    0..limit
}

#[feats::when_enabled(On)]
fn fallible(limit: u8) -> Result<impl Display, std::num::ParseIntError> {
    let more: u8 = "1".parse()?;
    Ok(limit + more)
}

#[feats::when_enabled(On)]
async fn displayed(limit: u8) -> impl Display {
    limit
}

#[feats::when_enabled(On)]
async fn object(limit: u8) -> Box<dyn Display> {
    if limit == 0 {
        return Box::new("none");
    }
    Box::new(limit)
}

#[feats::when_enabled(On)]
fn sync_object(limit: u8) -> Box<dyn Display> {
    if limit == 0 {
        return Box::new("none");
    }
    Box::new(limit)
}

#[feats::when_enabled(On)]
fn adder(more: u8) -> impl Fn(u8) -> u8 {
    move |value: u8| value + more
}

#[tokio::test]
async fn any_type_can_be_returned() {
    let mut count = 0;
    assert_eq!(nothing(&mut count), Some(()));
    assert_eq!(count, 1);
    let mut values = [1, 2];
    *part(&mut values, "").expect("enabled") = 5;
    assert_eq!(values[0], 5);
    assert_eq!(numbers(3).expect("enabled").clone().sum::<u8>(), 3);
    assert_eq!(fallible(3).expect("enabled").expect("a number").to_string(), "4");
    assert_eq!(displayed(3).await.expect("enabled").to_string(), "3");
    assert_eq!(object(3).await.expect("enabled").to_string(), "3");
    assert_eq!(sync_object(0).expect("enabled").to_string(), "none");
    assert_eq!(adder(1).expect("enabled")(2), 3);
}
