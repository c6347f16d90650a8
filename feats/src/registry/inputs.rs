//! The arguments of an asynchronous handle function, kept until its future is polled.

use std::any::Any;

use crate::model::Input;

/// An argument as the engine sees it.
pub trait AsInput {
    /// The argument as an input.
    fn as_input(&self) -> Input<'_>;
}

/// An argument that was taken by value.
#[derive(Debug)]
pub struct Owned<T>(pub T);

/// The arguments of a handle's function: a tuple.
///
/// Unlike a slice of [`Input`], it can move to another thread where its parts can.
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
                #[allow(non_snake_case, reason = "a variable is called as its type")]
                let ($($input,)*) = self;
                function(&[$($input.as_input()),*])
            }
        }
    )*};
}

// As many as the macros allow.
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
