//! The inputs of a handle's functions: as parameters, as arguments of the engine, and as fields of a future.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Type, TypeReference};

use crate::model::{Input, Passing, is_static, peeled};

/// The inputs of a function of the handle.
pub(super) struct Parameters<'a> {
    inputs: &'a [Input<'a>],
    /// `true` if the function builds nothing, and so borrows inputs that an implementation takes by value.
    borrowed: bool,
}

impl<'a> Parameters<'a> {
    /// Returns the inputs of a function that passes them to an implementation.
    pub(super) fn passed_on(inputs: &'a [Input<'a>]) -> Self {
        Self { inputs, borrowed: false }
    }

    /// Returns the inputs of a function that only chooses.
    pub(super) fn borrowed(inputs: &'a [Input<'a>]) -> Self {
        Self { inputs, borrowed: true }
    }

    /// Generates the parameters, such as `user: &User, order: Order`.
    pub(super) fn declared(&self) -> TokenStream {
        let parameters = self.inputs.iter().map(|input| {
            let Input { name, ty } = input;
            let reference = self.borrows(input).then(|| quote!(&));
            quote!(#name: #reference #ty)
        });
        quote!(#(#parameters),*)
    }

    /// Generates the signature of an async function, such as
    /// `<'inputs>(user: &'inputs User, name: &'inputs str) -> impl Future<Output = Acme> + 'inputs`.
    ///
    /// There is no lifetime if nothing is borrowed. Otherwise it has a name, because editions before 2024 capture no others;
    /// except if the output borrows with an elided lifetime, in which case there is a single input to borrow from.
    pub(super) fn async_signature(&self, output: &TokenStream, is_borrowing: bool) -> TokenStream {
        let lifetime = (!is_borrowing).then(|| quote!('inputs));
        let parameters = self.inputs.iter().map(|input| {
            let Input { name, ty } = input;
            match self.borrowed_type(input) {
                Some(ty) => quote!(#name: &#lifetime #ty),
                None => quote!(#name: #ty),
            }
        });
        let future = quote!(impl ::core::future::Future<Output = #output>);
        match &lifetime {
            _ if !self.inputs.iter().any(|input| self.borrowed_type(input).is_some()) => {
                quote!((#(#parameters),*) -> #future)
            }
            Some(lifetime) => quote!(<#lifetime>(#(#parameters),*) -> #future + #lifetime),
            None => quote!((#(#parameters),*) -> #future + '_),
        }
    }

    /// Returns the names, such as `user, order`.
    pub(super) fn names(&self) -> Vec<&'a Ident> {
        self.inputs.iter().map(|input| &input.name).collect()
    }

    /// Generates the inputs for the engine: `&[Input::new(user), Input::new(&order)]`.
    pub(super) fn as_engine_inputs(&self, private: &TokenStream) -> TokenStream {
        let inputs = self.inputs.iter().map(|input| {
            let name = &input.name;
            match input.passing() {
                Passing::Text => quote!(#private::Input::Text(#name)),
                Passing::Value(_) if !self.borrowed => quote!(#private::Input::new(&#name)),
                Passing::Value(_) | Passing::Reference(_) => quote!(#private::Input::new(#name)),
            }
        });
        quote!(&[#(#inputs),*])
    }

    /// Generates the inputs for a future, as an expression and as a pattern: `(user, Owned(order),)`.
    pub(super) fn as_future_inputs(&self, private: &TokenStream) -> TokenStream {
        let inputs = self.inputs.iter().map(|input| {
            let name = &input.name;
            match input.passing() {
                Passing::Value(_) if !self.borrowed => quote!(#private::Owned(#name)),
                _ => quote!(#name),
            }
        });
        quote!((#(#inputs,)*))
    }

    /// Returns the referenced type if the function takes a reference that is not `'static`.
    fn borrowed_type<'b>(&self, input: &Input<'b>) -> Option<&'b Type> {
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
