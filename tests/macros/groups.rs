//! Declarations in `macro_rules!`: fragments of every kind, each in an invisible group.

use feats::Feature;

use crate::{User, ada};

macro_rules! with_body {
    ($feature:ident, $boolean:ident, $body:block, $on:block, $user:ty) => {
        #[feats::feature]
        trait $feature {
            #[default]
            fn plain(_user: &$user) -> u8 $body
        }

        #[feats::boolean]
        fn $boolean(_user: &$user) -> bool $on
    };
}

with_body!(Body, BooleanBody, { 3 }, { true }, User);

macro_rules! with_settings {
    ($feature:ident, $name:literal, $owner:expr, $kind:ident, $expires:literal) => {
        #[feats::feature(name = $name, owner = $owner, kind = $kind, expires = $expires)]
        trait $feature {
            #[default]
            #[name = $owner]
            fn plain() -> u8 {
                1
            }
            #[name = $name]
            fn other() -> u8 {
                2
            }
        }
    };
}

with_settings!(Settings, "by literal", "by expression", ops, "2099-01-31");

macro_rules! with_types {
    ($feature:ident, $of_user:ty, $number:ty, $function:ty, $output:ty, $option:ty) => {
        #[feats::feature]
        trait $feature {
            type Output = $output;

            #[default]
            fn plain(user: &$of_user, _number: $number, _function: $function, _option: Option<$of_user>) -> $output {
                user.id
            }
            fn other(_user: &User, number: u16, function: fn(u8) -> u8, _option: $option) -> u16 {
                number + u16::from(function(1))
            }
        }
    };
}

with_types!(Types, User, u16, fn(u8) -> u8, u64, Option<User>);

macro_rules! with_one_output {
    ($feature:ident, $output:ty, $lifetime:lifetime) => {
        #[feats::feature]
        trait $feature {
            #[default]
            fn plain(text: &$lifetime str) -> $output {
                Some(text)
            }
            fn other(_text: &'static str) -> Option<&'static str> {
                None
            }
        }
    };
}

with_one_output!(OneOutput, Option<&'static str>, 'static);

macro_rules! with_trait_object {
    ($feature:ident, $output:ty) => {
        #[feats::feature]
        trait $feature {
            type Output = $output;

            #[default]
            fn plain() -> u8 {
                1
            }
        }
    };
}

with_trait_object!(Object, dyn std::fmt::Display + Send);

macro_rules! with_everything {
    ($(#[$of_trait:meta])* $vis:vis trait $feature:ident {
        $($(#[$of_function:meta])* fn $name:ident($($input:ident: $ty:ty),*) -> $output:ty $body:block)*
    }) => {
        #[feats::feature]
        $(#[$of_trait])*
        $vis trait $feature {
            $($(#[$of_function])* fn $name($($input: $ty),*) -> $output $body)*
        }
    };
}

with_everything! {
    /// Documented.
    #[derive(PartialOrd)]
    pub(crate) trait Everything {
        #[default]
        fn plain(user: &'static User, number: u64) -> u64 { user.id + number }
        #[name = "bee"]
        #[cfg(test)]
        fn other(_user: &'static User, number: u64) -> u64 { number }
        #[cfg(not(test))]
        fn absent(_user: &'static User, number: u64) -> u64 { number }
    }
}

macro_rules! with_docs {
    ($feature:ident, $expression:expr, $literal:literal) => {
        #[doc = $expression]
        #[doc = $literal]
        #[feats::feature]
        #[doc = $literal]
        trait $feature {
            #[doc = $expression]
            #[default]
            fn plain() -> u8 {
                1
            }
        }
    };
}

with_docs!(Docs, concat!("put ", "together"), "as it is");

macro_rules! whole {
    ($feature:item $boolean:item $segment:item) => {
        #[feats::feature]
        $feature

        #[feats::boolean]
        $boolean

        #[feats::segment]
        $segment
    };
}

whole! {
    /// Documented.
    trait WholeFeature {
        #[cfg_attr(test, default)]
        fn plain(user: &User) -> u64 { user.id }
        #[cfg_attr(not(test), default)]
        fn other(_user: &User) -> u64 { 2 }
    }

    pub(crate) fn WholeBoolean(user: &User) -> bool { user.id == 1 }

    trait WholeSegment {
        fn user(user: &User) -> Option<&str> { Some(&user.country) }
    }
}

macro_rules! with_segment {
    ($segment:ident, $user:ty, $output:ty, $options:expr) => {
        #[feats::segment]
        trait $segment {
            const OPTIONS: &[&str] = $options;
            fn user(user: &$user) -> $output {
                &user.country
            }
        }
    };
}

with_segment!(Options, User, &str, &["CA", "US"]);

/// The `x` of the macro differs from that of its caller.
macro_rules! hygienic {
    ($feature:ident, $input:ident) => {
        #[feats::feature]
        trait $feature {
            #[default]
            fn plain($input: &User, x: u64) -> u64 {
                $input.id + x
            }
        }
    };
}

hygienic!(Hygienic, x);

#[test]
fn a_body_may_be_a_block_fragment() {
    assert_eq!((Body::create(&ada()), BooleanBody::is_enabled(&ada())), (3, true));
    assert_eq!(BooleanBody::entry().on, Some(true));
}

#[test]
fn settings_may_be_literal_and_expression_fragments() {
    let entry = Settings::entry();
    assert_eq!((entry.name, entry.owner, entry.expires), ("by literal", Some("by expression"), Some("2099-01-31")));
    assert_eq!(
        (Settings::Plain.to_string(), Settings::Other.to_string()),
        ("by expression".into(), "by literal".into())
    );
}

#[test]
fn types_are_equal_with_and_without_groups() {
    assert_eq!(Types::create(&ada(), 2, |number| number, None), 1);
    assert_eq!(OneOutput::create("a"), Some("a"));
    assert_eq!(Object::create().to_string(), "1");
}

#[test]
fn attributes_and_visibilities_may_be_fragments() {
    assert!(Everything::Plain < Everything::Other);
    assert_eq!((Everything::Other.to_string(), Everything::ALL.len()), ("bee".to_owned(), 2));
    assert_eq!(Everything::entry().doc, "Documented.");
    assert_eq!(Docs::entry().doc.lines().last().map(str::trim), Some("as it is"));
    assert_eq!(Docs::entry().implementations[0].doc.trim(), "put together");
}

#[test]
fn a_whole_item_may_be_a_fragment() {
    assert_eq!((WholeFeature::create(&ada()), WholeFeature::DEFAULT), (1, WholeFeature::Plain));
    assert!(WholeBoolean::is_enabled(&ada()));
    let _ = (WholeSegment::is("CA"), Options::is("US"));
    assert_eq!(Options::OPTIONS, ["CA", "US"]);
}

#[test]
fn inputs_are_hygienic() {
    assert_eq!(Hygienic::create(&ada(), 2), 3);
}
