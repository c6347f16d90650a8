//! Outputs: a common type, a boxed trait object, or a type that all implementations convert into.

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

/// An output may borrow from the only borrowed input.
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
fn the_type_of_each_implementation_is_boxed() {
    let processor: Box<dyn Processor> = Boxed::create(&ada());
    assert_eq!(processor.fee(), 1);
    assert_eq!(std::thread::spawn(|| BoxedAndSent::create().to_string()).join().unwrap(), "7");
}

#[test]
fn the_type_of_each_implementation_is_converted() {
    assert_eq!(Converted::create(), "a");
}

#[test]
fn results_and_unit_are_returned_unchanged() {
    assert_eq!(Fallible::create("12"), Ok(12));
    assert!(Fallible::create("x").is_err());
    Nothing::create();
}

#[test]
fn an_output_may_borrow_from_an_input() {
    assert_eq!(Borrowed::create(&ada(), 1), "CA");
}
