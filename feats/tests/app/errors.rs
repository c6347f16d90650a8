//! Tests of errors and their causes: each cause is shown exactly once.

use std::error::Error as _;
use std::fmt;

use feats::{Error, ErrorKind, Problem};

/// An error of a driver that repeats its cause, as many drivers do.
#[derive(Debug)]
struct Driver(std::io::Error);

impl fmt::Display for Driver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no connection: {}", self.0)
    }
}

impl std::error::Error for Driver {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

fn unreachable() -> Error {
    let driver = Driver(std::io::Error::other("connection refused"));
    let store =
        Error::new(ErrorKind::Unavailable, "the store cannot be reached").with_store("redis").with_source(driver);
    Error::new(ErrorKind::Timeout, "no answer in time").with_feature("Fee").with_source(store)
}

#[test]
fn display_shows_an_error_and_source_its_cause() {
    let error = unreachable();
    assert_eq!(error.to_string(), "\"Fee\": no answer in time");
    let mut chain = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        chain.push(cause.to_string());
        next = cause.source();
    }
    let driver = "no connection: connection refused";
    assert_eq!(chain, ["the store cannot be reached (store redis)", driver, "connection refused"]);
}

#[test]
fn a_report_shows_every_cause_once() {
    let expected =
        "\"Fee\": no answer in time: the store cannot be reached (store redis): no connection: connection refused";
    assert_eq!(unreachable().report().to_string(), expected);
    assert_eq!(unreachable().causes().len(), 2);
    assert_eq!(Error::new(ErrorKind::NotFound, "nothing").report().to_string(), "nothing");
    let invalid = Error::invalid(vec![Problem::new("rules[0]", "wrong")]).with_source(std::io::Error::other("why"));
    assert_eq!(invalid.report().to_string(), "one problem, nothing was written\n  rules[0]: wrong: why");
}

#[test]
fn a_failing_main_prints_the_kind_and_the_whole_report() {
    fn main() -> feats::Result<()> {
        Err(unreachable())
    }
    let printed = format!("{:?}", main().unwrap_err());
    assert_eq!(printed, format!("Timeout: {}", unreachable().report()));
    for cause in ["no answer in time", "cannot be reached", "connection refused"] {
        assert_eq!(printed.matches(cause).count(), 1, "{printed}");
    }
}

#[test]
fn a_parse_error_names_the_line() {
    let error = "{".parse::<feats::State>().unwrap_err();
    assert!(error.source().is_some(), "{error}");
    assert!(error.report().to_string().contains("line 1"), "{}", error.report());
}
