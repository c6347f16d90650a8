//! The stages of every macro: parse, model, check, and then expand or fall back.
//!
//! They work on `proc_macro2` tokens, so that they can also run outside of the compiler, in tests.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Attribute;

use crate::errors::Errors;
use crate::expand::Paths;
use crate::model::is;
use crate::parse::{Accepted, Alternatives, Arguments, Guard, Settings, by_condition, outer_attributes};
use crate::{check, expand, fallback, model, parse};

/// `#[feats::feature(arguments)] item`
pub(crate) fn feature(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let stages = Stages {
        attribute: "feature",
        arguments: |arguments, errors| Settings::parse(arguments, Accepted::Feature, errors),
        parse: parse::trait_item,
        model: model::Feature::from_trait,
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
        arguments: |arguments, errors| Settings::parse(arguments, Accepted::Feature, errors),
        parse: parse::function,
        model: model::Feature::from_function,
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
        arguments: |arguments, errors| Settings::parse(arguments, Accepted::Segment, errors),
        parse: parse::trait_item,
        model: model::Segment::from_trait,
        check: check::segment,
        expand: expand::segment,
        fallback: fallback::segment,
    };
    stages.run(arguments, item)
}

/// `#[feats::when_enabled(arguments)] item`
pub(crate) fn when_enabled(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let stages = Stages {
        attribute: "when_enabled",
        arguments: Guard::parse,
        parse: parse::guarded_function,
        model: model::Guarded::new,
        check: check::guarded,
        expand: expand::guarded,
        fallback: fallback::guarded,
    };
    stages.run(arguments, item)
}

/// The stages of one macro.
struct Stages<A, S, M> {
    /// The name of the macro.
    attribute: &'static str,
    /// Parses the arguments of the attribute, and reports mistakes in them.
    arguments: fn(TokenStream, &mut Errors) -> A,
    /// Parses the item without its attributes.
    parse: fn(&str, &TokenStream) -> syn::Result<S>,
    /// Builds the model.
    model: fn(Vec<Attribute>, A, S) -> M,
    /// Reports every mistake.
    check: fn(&M, &mut Errors),
    /// Generates the code, if there is no mistake.
    expand: fn(&M) -> TokenStream,
    /// Generates a replacement, if there is a mistake, so that the rest of the program can be checked.
    fallback: fn(M) -> TokenStream,
}

impl<A: Arguments, S, M> Stages<A, S, M> {
    fn run(&self, arguments: TokenStream, item: TokenStream) -> TokenStream {
        self.expansion(arguments, item.clone()).unwrap_or_else(|error| {
            // The macro does not apply to this item, which the compiler gets unchanged.
            let error = error.to_compile_error();
            quote!(#error #item)
        })
    }

    fn expansion(&self, arguments: TokenStream, item: TokenStream) -> syn::Result<TokenStream> {
        let (attrs, item) = outer_attributes(item)?;
        if attrs.iter().any(|attr| is(attr, &["cfg"])) {
            let (cfgs, others): (Vec<_>, Vec<_>) = attrs.into_iter().partition(|attr| is(attr, &["cfg"]));
            let deferred = self.defer(&arguments, &others, &item);
            return Ok(quote!(#(#cfgs)* #deferred));
        }
        if let Some(Alternatives { condition, with, without }) = by_condition(&item) {
            let (with, without) = (self.defer(&arguments, &attrs, &with), self.defer(&arguments, &attrs, &without));
            return Ok(quote!(#[cfg(#condition)] #with #[cfg(not(#condition))] #without));
        }
        let mut errors = Errors::default();
        let syntax = (self.parse)(self.attribute, &item)?;
        let arguments = (self.arguments)(arguments, &mut errors);
        let model = (self.model)(attrs, arguments, syntax);
        (self.check)(&model, &mut errors);
        if errors.is_empty() {
            Ok((self.expand)(&model))
        } else {
            let (errors, fallback) = (errors.into_compile_errors(), (self.fallback)(model));
            Ok(quote!(#errors #fallback))
        }
    }

    /// Returns the same item with the same attribute, so that the compiler expands it after it has evaluated a `#[cfg]` before it.
    /// The condition then applies to the whole expansion.
    fn defer(&self, arguments: &TokenStream, attrs: &[Attribute], item: &TokenStream) -> TokenStream {
        // Mistakes in the arguments are reported when the attribute is expanded.
        let parsed = (self.arguments)(arguments.clone(), &mut Errors::default());
        let (feats, attribute) = (Paths::find(&parsed).feats, format_ident!("{}", self.attribute));
        quote! {
            #[#feats::#attribute(#arguments)]
            #(#attrs)*
            #item
        }
    }
}
