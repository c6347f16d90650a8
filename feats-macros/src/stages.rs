//! The stages that every macro goes through: parse, model, check, and expand or fall back.
//!
//! They work on tokens of `proc_macro2`, so that they run outside of a compiler as well.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Attribute;

use crate::errors::Errors;
use crate::expand::Paths;
use crate::model::is;
use crate::parse::{Accepted, Alternatives, Settings, by_condition, outer_attributes};
use crate::{check, expand, fallback, model, parse};

/// `#[feats::feature(arguments)] item`
pub(crate) fn feature(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let stages = Stages {
        attribute: "feature",
        accepted: Accepted::Feature,
        parse: parse::trait_item,
        model: model::Feature::of_trait,
        check: check::feature,
        expand: expand::feature,
        fallback: fallback::feature,
    };
    stages.run(arguments, item)
}

/// `#[feats::boolean(arguments)] item`
pub(crate) fn boolean(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let stages = Stages {
        attribute: "boolean",
        accepted: Accepted::Feature,
        parse: parse::function,
        model: model::Feature::of_function,
        check: check::feature,
        expand: expand::feature,
        fallback: fallback::feature,
    };
    stages.run(arguments, item)
}

/// `#[feats::segment(arguments)] item`
pub(crate) fn segment(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let stages = Stages {
        attribute: "segment",
        accepted: Accepted::Segment,
        parse: parse::trait_item,
        model: model::Segment::of_trait,
        check: check::segment,
        expand: expand::segment,
        fallback: fallback::segment,
    };
    stages.run(arguments, item)
}

/// One macro: what it does at each stage.
struct Stages<S, M> {
    /// Its name.
    attribute: &'static str,
    /// The arguments that it takes.
    accepted: Accepted,
    /// Reads the item without its attributes.
    parse: fn(&str, &TokenStream) -> syn::Result<S>,
    /// Says what the item means.
    model: fn(Vec<Attribute>, Settings, S) -> M,
    /// Finds every mistake.
    check: fn(&M, &mut Errors),
    /// Writes the handle, where there is no mistake.
    expand: fn(&M) -> TokenStream,
    /// Writes what lets the rest of the program be checked, where there is one.
    fallback: fn(M) -> TokenStream,
}

impl<S, M> Stages<S, M> {
    fn run(&self, arguments: TokenStream, item: TokenStream) -> TokenStream {
        self.expansion(arguments, item.clone()).unwrap_or_else(|error| {
            // Not an item that the macro could be for: the compiler goes on with it as it is.
            let error = error.to_compile_error();
            quote!(#error #item)
        })
    }

    fn expansion(&self, arguments: TokenStream, item: TokenStream) -> syn::Result<TokenStream> {
        let (attrs, item) = outer_attributes(item)?;
        if attrs.iter().any(|attr| is(attr, &["cfg"])) {
            let (cfgs, others): (Vec<_>, Vec<_>) = attrs.into_iter().partition(|attr| is(attr, &["cfg"]));
            let again = self.again(&arguments, &others, &item);
            return Ok(quote!(#(#cfgs)* #again));
        }
        if let Some(Alternatives { condition, with, without }) = by_condition(&item) {
            let (with, without) = (self.again(&arguments, &attrs, &with), self.again(&arguments, &attrs, &without));
            return Ok(quote!(#[cfg(#condition)] #with #[cfg(not(#condition))] #without));
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

    /// The same item with the same attribute, for the compiler to expand once it has decided a `#[cfg]` before it:
    /// whatever the item expands to is there under this condition only.
    fn again(&self, arguments: &TokenStream, attrs: &[Attribute], item: &TokenStream) -> TokenStream {
        // Its mistakes are reported when the attribute is expanded.
        let settings = Settings::parse(arguments.clone(), self.accepted, &mut Errors::default());
        let (feats, attribute) = (Paths::find(&settings).feats, format_ident!("{}", self.attribute));
        quote! {
            #[#feats::#attribute(#arguments)]
            #(#attrs)*
            #item
        }
    }
}
