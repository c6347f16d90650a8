//! Outputs: the same type, a box of each implementation's own, or a type that all convert into.

use std::fmt::Display;

use crate::{User, ada};

trait Processor {
    fn fee(&self) -> u32;
}

struct Flat(u32);

struct Free;

impl Processor for Flat {
    fn fee(&self) -> u32 {
        self.0
    }
}

impl Processor for Free {
    fn fee(&self) -> u32 {
        0
    }
}

#[feats::feature]
trait Boxed {
    type Output = dyn Processor;

    #[default]
    fn flat(user: &User) -> Flat {
        Flat(u32::try_from(user.id).unwrap())
    }
    fn free(_user: &User) -> Free {
        Free
    }
}

#[feats::feature]
trait BoxedAndSent {
    type Output = dyn Display + Send;

    #[default]
    fn number() -> impl Display + Send {
        7
    }
    fn text() -> &'static str {
        "seven"
    }
}

#[feats::feature]
trait Converted {
    type Output = String;

    #[default]
    fn letter() -> char {
        'a'
    }
    fn text() -> &'static str {
        "abc"
    }
    fn owned() -> String {
        "abc".to_owned()
    }
}

#[feats::feature]
trait Fallible {
    #[default]
    fn strict(text: &str) -> Result<u32, std::num::ParseIntError> {
        text.parse()
    }
    fn lenient(text: &str) -> Result<u32, std::num::ParseIntError> {
        Ok(text.len().try_into().unwrap_or(0))
    }
}

#[feats::feature]
trait Nothing {
    #[default]
    fn quiet() -> () {}
}

/// What is given may borrow from the only input that is borrowed.
#[feats::feature]
trait Borrowed {
    #[default]
    fn country(user: &User, _length: usize) -> &str {
        &user.country
    }
    fn cut(user: &User, length: usize) -> &str {
        user.country.get(..length).unwrap_or_default()
    }
}

#[test]
fn each_implementations_type_goes_into_a_box() {
    let processor: Box<dyn Processor> = Boxed::create(&ada());
    assert_eq!(processor.fee(), 1);
    assert_eq!(std::thread::spawn(|| BoxedAndSent::create().to_string()).join().unwrap(), "7");
}

#[test]
fn each_implementations_type_is_converted() {
    assert_eq!(Converted::create(), "a");
}

#[test]
fn results_and_nothing_are_given_as_they_are() {
    assert_eq!(Fallible::create("12"), Ok(12));
    assert!(Fallible::create("x").is_err());
    Nothing::create();
}

#[test]
fn what_is_given_may_borrow_from_an_input() {
    assert_eq!(Borrowed::create(&ada(), 1), "CA");
}
