//! The arguments of an asynchronous function of a handle, kept until its future is polled.

use std::any::Any;

use crate::model::Input;

/// A conversion of an argument into an input of the engine.
pub trait AsInput {
    /// Returns the argument as an input.
    fn as_input(&self) -> Input<'_>;
}

/// An argument that was taken by value.
#[derive(Debug)]
pub struct Owned<T>(pub T);

/// The arguments of a function of a handle, as a tuple.
///
/// Unlike a slice of [`Input`], it is `Send` if its parts are.
pub trait Inputs {
    /// Calls a function with the inputs.
    fn with<R>(&self, function: impl FnOnce(&[Input<'_>]) -> R) -> R;
}

impl<T: Any> AsInput for &T {
    fn as_input(&self) -> Input<'_> {
        Input::new(*self)
    }
}

impl AsInput for &str {
    fn as_input(&self) -> Input<'_> {
        Input::Text(self)
    }
}

impl<T: Any> AsInput for Owned<T> {
    fn as_input(&self) -> Input<'_> {
        Input::new(&self.0)
    }
}

macro_rules! tuples {
    ($($($input:ident)*;)*) => {$(
        impl<$($input: AsInput),*> Inputs for ($($input,)*) {
            fn with<R>(&self, function: impl FnOnce(&[Input<'_>]) -> R) -> R {
                #[allow(non_snake_case, reason = "each variable has the name of its type")]
                let ($($input,)*) = self;
                function(&[$($input.as_input()),*])
            }
        }
    )*};
}

// The macros allow up to 12 inputs.
tuples! {
    ;
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
    A B C D E F G;
    A B C D E F G H;
    A B C D E F G H I;
    A B C D E F G H I J;
    A B C D E F G H I J K;
    A B C D E F G H I J K L;
}
