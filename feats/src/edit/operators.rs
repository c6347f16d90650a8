//! The functions of segment handles, such as `Country::is("CA")`, by the type of the segment's values.

use crate::model::Value;

/// A value that a text segment is compared with.
pub trait TextOperand {
    /// The text as a value.
    fn into_operand(self) -> Value<'static>;
}

impl<T: Into<String>> TextOperand for T {
    fn into_operand(self) -> Value<'static> {
        Value::from(self.into())
    }
}

/// A value that an integer segment is compared with.
pub trait IntegerOperand {
    /// The integer as a value.
    fn into_operand(self) -> Value<'static>;
}

/// A number that a float segment is compared with.
pub trait FloatOperand {
    /// The number as a value.
    fn into_operand(self) -> Value<'static>;
}

/// A truth value that a bool segment is compared with.
pub trait BoolOperand {
    /// The truth value as a value.
    fn into_operand(self) -> Value<'static>;
}

macro_rules! operands {
    ($($operand:ident: $($type:ty)*;)*) => {$($(
        impl $operand for $type {
            fn into_operand(self) -> Value<'static> {
                Value::from(self)
            }
        }
    )*)*};
}

operands! {
    IntegerOperand: i8 i16 i32 i64 isize u8 u16 u32 u64 usize;
    FloatOperand: i8 i16 i32 i64 isize u8 u16 u32 u64 usize f64;
    BoolOperand: bool;
}

/// Functions of a handle, each written `"doc" name => Test(one operand)` or `name => Test(many operand)`.
#[doc(hidden)]
#[macro_export]
macro_rules! __operators {
    ($vis:vis $segment:ident: $($doc:literal $name:ident => $test:ident($number:ident $operand:ident);)*) => {
        impl $segment {
            $($crate::__operator!($vis, $doc $name => $test($number $operand));)*
        }
    };
}

/// One function of a handle. Its parameters have reserved names: one that the user has a static of would not compile.
#[doc(hidden)]
#[macro_export]
macro_rules! __operator {
    ($vis:vis, $doc:literal $name:ident => $test:ident(one $operand:ident)) => {
        #[doc = $doc]
        #[must_use]
        $vis fn $name(__value: impl $crate::edit::$operand) -> $crate::edit::TypedCondition<Self> {
            $crate::edit::TypedCondition::test($crate::model::Operator::$test($crate::edit::$operand::into_operand(__value)))
        }
    };
    ($vis:vis, $doc:literal $name:ident => $test:ident(many $operand:ident)) => {
        #[doc = $doc]
        #[must_use]
        $vis fn $name<O: $crate::edit::$operand>(
            __values: impl ::core::iter::IntoIterator<Item = O>,
        ) -> $crate::edit::TypedCondition<Self> {
            let __values = ::core::iter::IntoIterator::into_iter(__values);
            let __values = ::core::iter::Iterator::map(__values, $crate::edit::$operand::into_operand);
            $crate::edit::TypedCondition::test($crate::model::Operator::$test(::core::iter::Iterator::collect(__values)))
        }
    };
    ($vis:vis, $doc:literal $name:ident => $test:ident(text String)) => {
        #[doc = $doc]
        #[must_use]
        $vis fn $name(__text: impl ::core::convert::Into<::std::string::String>) -> $crate::edit::TypedCondition<Self> {
            $crate::edit::TypedCondition::test($crate::model::Operator::$test(::core::convert::Into::into(__text)))
        }
    };
}

/// The functions of a segment of text.
#[doc(hidden)]
#[macro_export]
macro_rules! __text_operators {
    ($vis:vis $segment:ident) => {
        $crate::__operators! { $vis $segment:
            "The value is this text." is => Eq(one TextOperand);
            "The value is another text." is_not => Ne(one TextOperand);
            "The value is one of these texts." is_in => In(many TextOperand);
            "The value is none of these texts." not_in => NotIn(many TextOperand);
            "The value is after this text, by code point." gt => Gt(one TextOperand);
            "The value is this text or after it, by code point." gte => Gte(one TextOperand);
            "The value is before this text, by code point." lt => Lt(one TextOperand);
            "The value is this text or before it, by code point." lte => Lte(one TextOperand);
            "The value starts with this text." starts_with => StartsWith(text String);
            "The value ends with this text." ends_with => EndsWith(text String);
            "The value contains this text." contains => Contains(text String);
            "The value has a match of this regular expression of at most 1 KiB." matches => Matches(text String);
            "The value is a version within this range, such as `>=1.2, <2`; unknown if it is not a version." semver => Semver(text String);
            "The value is an RFC 3339 time before this one; unknown if it is not a time." before => Before(text String);
            "The value is an RFC 3339 time after this one; unknown if it is not a time." after => After(text String);
        }
    };
}

/// The functions of a segment of integers.
#[doc(hidden)]
#[macro_export]
macro_rules! __integer_operators {
    ($vis:vis $segment:ident) => {
        $crate::__operators! { $vis $segment:
            "The value is this integer." is => Eq(one IntegerOperand);
            "The value is another integer." is_not => Ne(one IntegerOperand);
            "The value is one of these integers." is_in => In(many IntegerOperand);
            "The value is none of these integers." not_in => NotIn(many IntegerOperand);
            "The value is greater than this integer." gt => Gt(one IntegerOperand);
            "The value is this integer or greater." gte => Gte(one IntegerOperand);
            "The value is less than this integer." lt => Lt(one IntegerOperand);
            "The value is this integer or less." lte => Lte(one IntegerOperand);
        }
    };
}

/// The functions of a segment of floats.
#[doc(hidden)]
#[macro_export]
macro_rules! __float_operators {
    ($vis:vis $segment:ident) => {
        $crate::__operators! { $vis $segment:
            "The value is this number." is => Eq(one FloatOperand);
            "The value is another number." is_not => Ne(one FloatOperand);
            "The value is one of these numbers." is_in => In(many FloatOperand);
            "The value is none of these numbers." not_in => NotIn(many FloatOperand);
            "The value is greater than this number." gt => Gt(one FloatOperand);
            "The value is this number or greater." gte => Gte(one FloatOperand);
            "The value is less than this number." lt => Lt(one FloatOperand);
            "The value is this number or less." lte => Lte(one FloatOperand);
        }
    };
}

/// The functions of a segment of truth values.
#[doc(hidden)]
#[macro_export]
macro_rules! __bool_operators {
    ($vis:vis $segment:ident) => {
        $crate::__operators! { $vis $segment:
            "The value is this." is => Eq(one BoolOperand);
            "The value is not this." is_not => Ne(one BoolOperand);
        }
    };
}

pub use crate::{
    __bool_operators as bool_operators, __float_operators as float_operators, __integer_operators as integer_operators,
    __text_operators as text_operators,
};
