//! The inputs of a handle's functions: as parameters, as what the engine sees, and as what a future keeps.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Type, TypeReference};

use crate::model::{Input, Passing, is_static, peeled};

/// The inputs as a function of the handle takes them.
pub(super) struct Parameters<'a> {
    inputs: &'a [Input<'a>],
    /// Whether the function builds nothing, and so borrows what an implementation would take by value.
    borrowed: bool,
}

impl<'a> Parameters<'a> {
    /// For a function that passes the inputs on to an implementation.
    pub(super) fn passed_on(inputs: &'a [Input<'a>]) -> Self {
        Self { inputs, borrowed: false }
    }

    /// For a function that only decides.
    pub(super) fn borrowed(inputs: &'a [Input<'a>]) -> Self {
        Self { inputs, borrowed: true }
    }

    /// `user: &User, order: Order`
    pub(super) fn declared(&self) -> TokenStream {
        let parameters = self.inputs.iter().map(|input| {
            let Input { name, ty } = input;
            let reference = self.borrows(input).then(|| quote!(&));
            quote!(#name: #reference #ty)
        });
        quote!(#(#parameters),*)
    }

    /// `<'inputs>(user: &'inputs User, name: &'inputs str) -> impl Future<Output = Acme> + 'inputs`, without a lifetime where
    /// nothing is borrowed. The lifetime has a name because older editions capture no other; but where the output borrows without
    /// a name, there is one input that it can borrow from, and that has none either.
    pub(super) fn of_future(&self, output: &TokenStream, is_borrowing: bool) -> TokenStream {
        let lifetime = (!is_borrowing).then(|| quote!('inputs));
        let parameters = self.inputs.iter().map(|input| {
            let Input { name, ty } = input;
            match self.lent(input) {
                Some(ty) => quote!(#name: &#lifetime #ty),
                None => quote!(#name: #ty),
            }
        });
        let future = quote!(impl ::core::future::Future<Output = #output>);
        match &lifetime {
            _ if !self.inputs.iter().any(|input| self.lent(input).is_some()) => quote!((#(#parameters),*) -> #future),
            Some(lifetime) => quote!(<#lifetime>(#(#parameters),*) -> #future + #lifetime),
            None => quote!((#(#parameters),*) -> #future + '_),
        }
    }

    /// `user, order`
    pub(super) fn names(&self) -> Vec<&'a Ident> {
        self.inputs.iter().map(|input| &input.name).collect()
    }

    /// The inputs as the engine sees them: `&[Input::new(user), Input::new(&order)]`
    pub(super) fn seen(&self, private: &TokenStream) -> TokenStream {
        let seen = self.inputs.iter().map(|input| {
            let name = &input.name;
            match input.passing() {
                Passing::Text => quote!(#private::Input::Text(#name)),
                Passing::Value(_) if !self.borrowed => quote!(#private::Input::new(&#name)),
                Passing::Value(_) | Passing::Reference(_) => quote!(#private::Input::new(#name)),
            }
        });
        quote!(&[#(#seen),*])
    }

    /// The inputs as a future keeps them, as an expression and as a pattern: `(user, Owned(order),)`
    pub(super) fn kept(&self, private: &TokenStream) -> TokenStream {
        let kept = self.inputs.iter().map(|input| {
            let name = &input.name;
            match input.passing() {
                Passing::Value(_) if !self.borrowed => quote!(#private::Owned(#name)),
                _ => quote!(#name),
            }
        });
        quote!((#(#kept,)*))
    }

    /// The type behind the reference that the function takes, where it is not `'static`.
    fn lent<'b>(&self, input: &Input<'b>) -> Option<&'b Type> {
        match peeled(input.ty) {
            Type::Reference(TypeReference { lifetime: Some(lifetime), .. }) if is_static(lifetime) => None,
            Type::Reference(reference) => Some(&reference.elem),
            ty => self.borrowed.then_some(ty),
        }
    }

    fn borrows(&self, input: &Input<'_>) -> bool {
        self.borrowed && matches!(input.passing(), Passing::Value(_))
    }
}
