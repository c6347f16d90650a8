//! The stages that every macro goes through: parse, model, check, and expand or fall back.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Attribute;

use crate::errors::Errors;
use crate::expand::Paths;
use crate::model::is;
use crate::parse::{Accepted, Settings, outer_attributes};

/// One macro: what it does at each stage.
pub(crate) struct Stages<S, M> {
    /// Its name.
    pub(crate) attribute: &'static str,
    /// The arguments that it takes.
    pub(crate) accepted: Accepted,
    /// Reads the item without its attributes.
    pub(crate) parse: fn(&str, &TokenStream) -> syn::Result<S>,
    /// Says what the item means.
    pub(crate) model: fn(Vec<Attribute>, Settings, S) -> M,
    /// Finds every mistake.
    pub(crate) check: fn(&M, &mut Errors),
    /// Writes the handle, where there is no mistake.
    pub(crate) expand: fn(&M) -> TokenStream,
    /// Writes what lets the rest of the program be checked, where there is one.
    pub(crate) fallback: fn(M) -> TokenStream,
}

impl<S, M> Stages<S, M> {
    pub(crate) fn run(&self, arguments: TokenStream, item: TokenStream) -> TokenStream {
        self.expansion(arguments, item.clone()).unwrap_or_else(|error| {
            // Not an item that the macro could be for: the compiler goes on with it as it is.
            let error = error.to_compile_error();
            quote!(#error #item)
        })
    }

    fn expansion(&self, arguments: TokenStream, item: TokenStream) -> syn::Result<TokenStream> {
        let (attrs, item) = outer_attributes(item)?;
        if attrs.iter().any(|attr| is(attr, &["cfg"])) {
            return Ok(self.after_cfg(&arguments, &attrs, &item));
        }
        let mut errors = Errors::default();
        let syntax = (self.parse)(self.attribute, &item)?;
        let settings = Settings::parse(arguments, self.accepted, &mut errors);
        let model = (self.model)(attrs, settings, syntax);
        (self.check)(&model, &mut errors);
        if errors.is_empty() {
            Ok((self.expand)(&model))
        } else {
            let (errors, fallback) = (errors.into_compile_errors(), (self.fallback)(model));
            Ok(quote!(#errors #fallback))
        }
    }

    /// The same item with `#[cfg]` before the macro: whatever it expands to is there under this condition only.
    fn after_cfg(&self, arguments: &TokenStream, attrs: &[Attribute], item: &TokenStream) -> TokenStream {
        let (cfgs, others): (Vec<_>, Vec<_>) = attrs.iter().partition(|attr| is(attr, &["cfg"]));
        let (feats, attribute) = (Paths::find().feats, format_ident!("{}", self.attribute));
        quote! {
            #(#cfgs)*
            #[#feats::#attribute(#arguments)]
            #(#others)*
            #item
        }
    }
}
