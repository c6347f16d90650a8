//! Names that users choose, and parts that arrive from `macro_rules!`, in functions with a condition.

use feats::testing;

use super::On;

#[feats::boolean]
fn Large(number: &u8) -> bool {
    *number > 9
}

fn otherwise(otherwise: u8, attributes: u8, __argument_3: u8, hidden: u8) -> u8 {
    100 + otherwise + attributes + __argument_3 + hidden
}

/// Parameters with the names of arguments of the attribute and of generated parameters.
#[feats::when_enabled(Large(&attributes), otherwise = self::otherwise)]
fn arguments(otherwise: u8, attributes: u8, __argument_3: u8, _: u8) -> u8 {
    otherwise + attributes + __argument_3
}

#[feats::when_enabled(Large(&__output))]
async fn output(__output: u8, r#type: u8) -> u8 {
    __output + r#type
}

fn r#loop(r#type: u8) -> u8 {
    100 + r#type
}

#[feats::when_enabled(r#Large(&r#type), otherwise = r#loop)]
fn raw(r#type: u8) -> u8 {
    r#type
}

/// A flag with attributes of that name.
#[feats::when_enabled("attributes", attributes = feats::attributes! { "attributes" => attributes })]
fn attributes(attributes: i64) -> i64 {
    attributes
}

/// A body with an item that has the name of the other function.
#[feats::when_enabled(Large(&number), otherwise = sum)]
fn inner_items(number: u8, more: u8) -> u8 {
    const fn sum(_: u8) -> u8 {
        0
    }
    struct Large;
    let _ = Large;
    number + more + sum(1)
}

#[feats::when_enabled(On)]
async fn inner_types() -> Result<u8, u8> {
    struct Result;
    let _ = Result;
    Ok(1)
}

/// A module without the prelude.
mod without_prelude {
    #![no_implicit_prelude]

    fn plain(id: &u64) -> u64 {
        *id
    }

    #[::feats::when_enabled(super::On, otherwise = plain)]
    pub(super) fn fancy(id: &u64) -> u64 {
        *id + 1
    }

    #[::feats::when_enabled(super::On)]
    pub(super) async fn optional(id: &u64) -> u64 {
        *id
    }

    #[::feats::when_enabled("FLAG")]
    pub(super) fn flag() {}
}

macro_rules! declared {
    ($(#[$meta:meta])* $vis:vis fn $name:ident($($input:ident: $ty:ty),*) -> $output:ty $body:block
        when $feature:path, $decided:expr; else $otherwise:path) => {
        #[feats::when_enabled($feature($decided), otherwise = $otherwise)]
        $(#[$meta])*
        $vis fn $name($($input: $ty),*) -> $output $body
    };
}

declared! {
    /// Documented.
    #[must_use]
    pub(crate) fn product(a: u8, b: u8) -> u8 { a * b } when self::Large, &12; else self::sum
}

fn sum(a: u8, b: u8) -> u8 {
    a + b
}

macro_rules! with_fragments {
    ($name:ident, $flag:literal, $attributes:expr, $pattern:pat, $ty:ty, $output:ty, $otherwise:expr) => {
        #[feats::when_enabled($flag, attributes = $attributes, otherwise = $otherwise)]
        fn $name($pattern: $ty) -> $output {
            unreachable!("no flag is enabled")
        }
    };
}

with_fragments!(fragments, "FLAG", feats::attributes! { "id" => 1 }, (_a, _b), (u8, u8), u8, first);

fn first((a, _): (u8, u8)) -> u8 {
    a
}

macro_rules! whole {
    ($function:item) => {
        #[feats::when_enabled(On)]
        $function
    };
}

whole! {
    fn whole(text: &str) -> Option<&str> { text.strip_prefix("a") }
}

/// The `number` of the macro differs from that of its caller.
macro_rules! hygienic {
    ($name:ident, $input:ident) => {
        #[feats::when_enabled(Large(&number), otherwise = sum)]
        fn $name($input: u8, number: u8) -> u8 {
            $input * number
        }
    };
}

hygienic!(hygienic, number);

#[tokio::test]
async fn parameters_and_functions_may_have_any_name() {
    assert_eq!((arguments(1, 10, 2, 3), arguments(1, 2, 3, 4)), (13, 110));
    assert_eq!((output(10, 1).await, output(1, 1).await), (Some(11), None));
    assert_eq!((raw(10), raw(1), attributes(1)), (10, 101, None));
    assert_eq!((without_prelude::fancy(&1), without_prelude::optional(&1).await), (2, Some(1)));
    assert_eq!(without_prelude::flag(), None);
    assert_eq!((inner_items(10, 1), inner_items(1, 2), inner_types().await), (11, 3, Some(Ok(1))));
}

#[test]
fn parts_may_be_fragments() {
    assert_eq!((product(3, 4), fragments((1, 2)), whole("ab")), (12, 1, Some(Some("b"))));
    testing::with(Large::Disabled, || assert_eq!(product(3, 4), 7));
    assert_eq!((hygienic(2, 10), hygienic(2, 3)), (20, 5));
}
