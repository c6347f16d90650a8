//! User-defined names that might clash with generated code: of implementations, inputs, features, segments, and of statics,
//! constants and structs next to them.

#![allow(dead_code, non_upper_case_globals, non_camel_case_types, reason = "most of these only occupy names")]

use feats::{Feature, Segment};

/// Statics, constants, structs and functions. A parameter or variable cannot have the name of one of the first three.
mod beside {
    static text: &str = "";
    static serializer: u8 = 0;
    static deserializer: u8 = 0;
    static formatter: u8 = 0;
    static values: u8 = 0;
    static f: u8 = 0;
    const input: u8 = 0;
    const value: u8 = 0;
    const implementation: u8 = 0;
    const choosing: u8 = 0;
    const chosen: u8 = 0;
    struct subject;
    struct inputs;
    fn app() {}
    /// The lengths of input arrays.
    const SLOT: usize = 1;
    const ENTRY: usize = 2;

    #[feats::feature]
    pub(super) trait Arrays {
        #[default]
        fn sum(one: &[u8; SLOT], two: [u8; ENTRY]) -> u8 {
            one.iter().chain(&two).sum()
        }
    }

    #[feats::feature]
    pub(super) trait Awaited {
        #[default]
        async fn sum(id: &u64, order: u64) -> u64 {
            id + order
        }
    }

    #[feats::boolean]
    pub(super) fn Switch(id: &u64) -> bool {
        *id == 1
    }

    #[feats::segment]
    pub(super) trait Place {
        const OPTIONS: &[&str] = &["here"];
        fn name(id: &u8) -> &str {
            if *id == 1 { "here" } else { "there" }
        }
        fn entry(text_: &str) -> &str {
            text_
        }
        fn of(_: [u8; SLOT]) -> &'static str {
            "here"
        }
    }

    #[feats::segment]
    pub(super) trait Number {
        fn new(id: &u8) -> u8 {
            *id
        }
        fn test(id: u16) -> u16 {
            id
        }
    }
}

#[feats::feature]
trait Outcome {
    #[default]
    fn err() -> u8 {
        1
    }
    fn ok() -> u8 {
        2
    }
    fn error() -> u8 {
        3
    }
    fn some() -> u8 {
        4
    }
    fn none() -> u8 {
        5
    }
    fn output() -> u8 {
        6
    }
    fn all() -> u8 {
        7
    }
    fn name() -> u8 {
        8
    }
    fn default() -> u8 {
        9
    }
}

/// Functions of traits that handles implement.
#[feats::feature]
trait Methods {
    #[default]
    fn new() -> u8 {
        1
    }
    fn from() -> u8 {
        2
    }
    fn into() -> u8 {
        3
    }
    fn clone() -> u8 {
        4
    }
    fn eq() -> u8 {
        5
    }
    fn hash() -> u8 {
        6
    }
    fn fmt() -> u8 {
        7
    }
    fn entry() -> u8 {
        8
    }
    fn position() -> u8 {
        9
    }
    fn from_str() -> u8 {
        10
    }
    fn as_ref() -> u8 {
        11
    }
    fn serialize() -> u8 {
        12
    }
    fn deserialize() -> u8 {
        13
    }
    fn to_string() -> u8 {
        14
    }
    fn target() -> u8 {
        15
    }
}

#[feats::feature]
trait Inputs {
    #[default]
    #[allow(clippy::too_many_arguments, reason = "each name is also used by something else")]
    fn sum(app_: u8, attributes: u8, this: u8, feats: u8, core: &u8, std: u8, r#type: u8, __text: u8) -> u8 {
        app_ + attributes + this + feats + core + std + r#type + __text
    }
}

#[feats::feature]
trait Awaited {
    #[default]
    async fn sum(__implementation: u8, __choosing: &u16, __chosen: u8) -> u8 {
        __implementation + u8::try_from(*__choosing).unwrap() + __chosen
    }
}

/// The names of generated type parameters.
#[feats::feature]
trait S {
    #[default]
    fn only() -> u8 {
        1
    }
}

#[feats::feature]
trait D {
    #[default]
    fn only() -> u8 {
        1
    }
}

#[feats::feature]
trait r#type {
    #[default]
    fn only() -> u8 {
        1
    }
}

/// Derives that the handle has already, and others.
#[feats::feature]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
trait Derived {
    fn first() -> u8 {
        1
    }
    #[default]
    fn second() -> u8 {
        2
    }
}

#[feats::segment]
#[derive(Debug, Clone)]
trait DerivedSegment {
    fn id(id: &u8) -> u8 {
        *id
    }
}

/// A module without the prelude.
mod without_prelude {
    #![no_implicit_prelude]

    #[::feats::feature]
    pub(super) trait Fee {
        type Output = dyn ::std::fmt::Display;

        #[default]
        fn flat(id: &u64) -> u64 {
            *id
        }
    }

    #[::feats::boolean]
    pub(super) fn Discount(id: &u64) -> bool {
        *id == 1
    }

    #[::feats::segment]
    pub(super) trait Id {
        fn id(id: &u64) -> u64 {
            *id
        }
    }
}

#[test]
fn implementations_may_have_any_name() {
    assert_eq!(Outcome::ALL.len(), 9);
    assert_eq!("err".parse(), Ok(Outcome::Err));
    assert_eq!((Outcome::create(), Outcome::DEFAULT.to_string()), (1, "err".to_owned()));
    assert_eq!(serde_json::from_str::<Outcome>("\"ok\"").unwrap(), Outcome::Ok);
    assert_eq!((Methods::create(), Methods::ALL.len()), (1, 15));
    assert_eq!(Methods::Position.to_string(), "position");
}

#[tokio::test]
async fn inputs_may_have_any_name() {
    assert_eq!(Inputs::create(1, 2, 3, 4, &5, 6, 7, 8), 36);
    assert_eq!(Inputs::create_async(1, 2, 3, 4, &5, 6, 7, 8).await, 36);
    assert_eq!(Awaited::create(1, &2, 3).await, 6);
}

#[test]
fn handles_may_have_any_name() {
    assert_eq!((S::create(), D::create(), r#type::create(), r#type::NAME), (1, 1, 1, "type"));
}

#[tokio::test]
async fn items_next_to_a_handle_may_have_any_name() {
    use beside::{Arrays, Awaited, Number, Place, Switch};

    assert_eq!(Arrays::create(&[1], [2, 3]), 6);
    assert_eq!(Awaited::create(&1, 2).await, 3);
    assert!(Switch::is_enabled(&1) && Switch::is_enabled_async(&1).await);
    assert_eq!((Place::NAME, Number::NAME), ("Place", "Number"));
    let _ = Place::is("here").and(Number::is_in([1, 2])).and(Place::starts_with("h"));
}

#[test]
fn duplicate_derives_are_removed() {
    assert_eq!(Derived::default(), Derived::Second);
    assert!(Derived::First < Derived::Second);
    assert_eq!(format!("{DerivedSegment:?}"), "DerivedSegment");
}

#[test]
fn handles_need_no_prelude() {
    assert_eq!(without_prelude::Fee::create(&3).to_string(), "3");
    assert!(without_prelude::Discount::is_enabled(&1));
    let _ = without_prelude::Id::is(1);
}
