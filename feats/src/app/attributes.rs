//! Attributes of typed inputs: the values of all segments that apply to them.

use std::any::Any;

use super::running::App;
use crate::model::{Attributes, Input};
use crate::registry::registry;

/// The typed inputs of `create`: one reference, or a tuple of references.
///
/// Implemented for `&T`, `&str`, and tuples of up to 12 of them.
pub trait IntoInputs<'a> {
    /// Calls a function with each input, in order.
    #[doc(hidden)]
    fn for_each(self, function: impl FnMut(Input<'a>));
}

/// A reference to an input.
pub trait IntoInput<'a> {
    /// Converts the reference into an input.
    #[doc(hidden)]
    fn into_input(self) -> Input<'a>;
}

impl App {
    /// Returns the values of all segments for these inputs, by segment name: for decisions by name, for templates, and for
    /// [`evaluate_all`](Self::evaluate_all). If a segment has functions for several of the inputs, the first input with a value
    /// is used.
    ///
    /// ```standalone_crate
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> feats::Result<()> {
    /// pub struct User { pub id: u64, pub country: String }
    /// pub struct Request { pub device: Option<String> }
    ///
    /// #[feats::segment] pub trait Country { fn user(user: &User) -> &str { &user.country } }
    /// #[feats::segment] pub trait UserId { fn user(user: &User) -> u64 { user.id } }
    /// #[feats::segment] pub trait Device { fn request(request: &Request) -> Option<&str> { request.device.as_deref() } }
    ///
    /// let app = feats::App::builder().store(feats::store::Memory::new()).detached().start().await?;
    /// let (user, request) = (User { id: 42, country: "CA".into() }, Request { device: None });
    /// assert_eq!(app.attributes((&user, &request)), feats::attributes! { "Country" => "CA", "UserId" => 42 });
    /// assert_eq!(app.attributes(&request), feats::attributes! {});
    /// # Ok(()) }
    /// ```
    pub fn attributes<'a>(&self, inputs: impl IntoInputs<'a>) -> Attributes<'a> {
        let mut attributes = Attributes::new();
        inputs.for_each(|input| {
            let type_id = input.type_id();
            for segment in &registry().segment_entries {
                if attributes.get(segment.name).is_some() {
                    continue;
                }
                let function = segment.functions.iter().find(|function| (function.type_id)() == type_id);
                if let Some(value) = function.and_then(|function| (function.extract)(input)) {
                    attributes.insert(segment.name, value);
                }
            }
        });
        attributes
    }
}

impl<'a, T: Any> IntoInput<'a> for &'a T {
    #[inline]
    fn into_input(self) -> Input<'a> {
        Input::new(self)
    }
}

impl<'a> IntoInput<'a> for &'a str {
    #[inline]
    fn into_input(self) -> Input<'a> {
        Input::Text(self)
    }
}

impl<'a, T: Any> IntoInputs<'a> for &'a T {
    fn for_each(self, mut function: impl FnMut(Input<'a>)) {
        function(self.into_input());
    }
}

impl<'a> IntoInputs<'a> for &'a str {
    fn for_each(self, mut function: impl FnMut(Input<'a>)) {
        function(self.into_input());
    }
}

macro_rules! tuples {
    ($($($input:ident)*;)*) => {$(
        impl<'a, $($input: IntoInput<'a>),*> IntoInputs<'a> for ($($input,)*) {
            fn for_each(self, mut function: impl FnMut(Input<'a>)) {
                #[allow(non_snake_case, reason = "each variable has the name of its type")]
                let ($($input,)*) = self;
                $(function($input.into_input());)*
            }
        }
    )*};
}

// The macros allow up to 12 inputs.
tuples! {
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
