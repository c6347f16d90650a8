//! The functions of segments that create conditions, such as `Country::is("CA")`, by the type of the segment's values.

use crate::model::Value;

/// A value that a text segment can be compared with.
pub trait TextOperand {
    /// Converts the text into a value.
    fn into_operand(self) -> Value<'static>;
}

impl<T: Into<String>> TextOperand for T {
    fn into_operand(self) -> Value<'static> {
        Value::from(self.into())
    }
}

/// A value that an integer segment can be compared with.
pub trait IntegerOperand {
    /// Converts the integer into a value.
    fn into_operand(self) -> Value<'static>;
}

/// A number that a float segment can be compared with.
pub trait FloatOperand {
    /// Converts the number into a value.
    fn into_operand(self) -> Value<'static>;
}

/// A boolean that a boolean segment can be compared with.
pub trait BoolOperand {
    /// Converts the boolean into a value.
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

/// Defines the functions of a segment. Each is written `"doc" name => Operator(one Operand)`, `Operator(many Operand)` or
/// `Operator(text String)`.
#[doc(hidden)]
#[macro_export]
macro_rules! __operators {
    ($vis:vis $segment:ident: $($doc:literal $name:ident => $test:ident($number:ident $operand:ident);)*) => {
        impl $segment {
            $($crate::__operator!($vis, $doc $name => $test($number $operand));)*
        }
    };
}

/// Defines one function of a segment. The parameters have reserved names, because a parameter with the name of a static of the
/// user would not compile.
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

/// Defines the functions of a text segment.
#[doc(hidden)]
#[macro_export]
macro_rules! __text_operators {
    ($vis:vis $segment:ident) => {
        $crate::__operators! { $vis $segment:
            "Holds if the value equals the text." is => Eq(one TextOperand);
            "Holds if the value differs from the text." is_not => Ne(one TextOperand);
            "Holds if the value is one of the texts." is_in => In(many TextOperand);
            "Holds if the value is none of the texts." not_in => NotIn(many TextOperand);
            "Holds if the value sorts after the text, by code point." gt => Gt(one TextOperand);
            "Holds if the value equals the text or sorts after it, by code point." gte => Gte(one TextOperand);
            "Holds if the value sorts before the text, by code point." lt => Lt(one TextOperand);
            "Holds if the value equals the text or sorts before it, by code point." lte => Lte(one TextOperand);
            "Holds if the value starts with the text." starts_with => StartsWith(text String);
            "Holds if the value ends with the text." ends_with => EndsWith(text String);
            "Holds if the value contains the text." contains => Contains(text String);
            "Holds if the regular expression, of at most 1 KiB, matches a part of the value." matches => Matches(text String);
            "Holds if the value is a version in the range, such as `>=1.2, <2`; unknown if it is not a version." semver => Semver(text String);
            "Holds if the value is an RFC 3339 time before the given one; unknown if it is not a time." before => Before(text String);
            "Holds if the value is an RFC 3339 time after the given one; unknown if it is not a time." after => After(text String);
        }
    };
}

/// Defines the functions of an integer segment.
#[doc(hidden)]
#[macro_export]
macro_rules! __integer_operators {
    ($vis:vis $segment:ident) => {
        $crate::__operators! { $vis $segment:
            "Holds if the value equals the integer." is => Eq(one IntegerOperand);
            "Holds if the value differs from the integer." is_not => Ne(one IntegerOperand);
            "Holds if the value is one of the integers." is_in => In(many IntegerOperand);
            "Holds if the value is none of the integers." not_in => NotIn(many IntegerOperand);
            "Holds if the value is greater than the integer." gt => Gt(one IntegerOperand);
            "Holds if the value is at least the integer." gte => Gte(one IntegerOperand);
            "Holds if the value is less than the integer." lt => Lt(one IntegerOperand);
            "Holds if the value is at most the integer." lte => Lte(one IntegerOperand);
        }
    };
}

/// Defines the functions of a float segment.
#[doc(hidden)]
#[macro_export]
macro_rules! __float_operators {
    ($vis:vis $segment:ident) => {
        $crate::__operators! { $vis $segment:
            "Holds if the value equals the number." is => Eq(one FloatOperand);
            "Holds if the value differs from the number." is_not => Ne(one FloatOperand);
            "Holds if the value is one of the numbers." is_in => In(many FloatOperand);
            "Holds if the value is none of the numbers." not_in => NotIn(many FloatOperand);
            "Holds if the value is greater than the number." gt => Gt(one FloatOperand);
            "Holds if the value is at least the number." gte => Gte(one FloatOperand);
            "Holds if the value is less than the number." lt => Lt(one FloatOperand);
            "Holds if the value is at most the number." lte => Lte(one FloatOperand);
        }
    };
}

/// Defines the functions of a boolean segment.
#[doc(hidden)]
#[macro_export]
macro_rules! __bool_operators {
    ($vis:vis $segment:ident) => {
        $crate::__operators! { $vis $segment:
            "Holds if the value equals the boolean." is => Eq(one BoolOperand);
            "Holds if the value differs from the boolean." is_not => Ne(one BoolOperand);
        }
    };
}

pub use crate::{
    __bool_operators as bool_operators, __float_operators as float_operators, __integer_operators as integer_operators,
    __text_operators as text_operators,
};
