//! The registry entry of a feature, as plain data.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{format_ident, quote};

use super::paths::Paths;
use crate::model::{Feature, Form, Implementation, Input, camel_case, plain};
use crate::parse::Settings;

/// Generates the body of `Feature::entry`.
pub(super) fn feature(feature: &Feature, inputs: &[Input<'_>], paths: &Paths) -> TokenStream {
    let Feature { ident, implementations, settings, .. } = feature;
    let Paths { feats, private } = paths;
    let Settings { kind, owner, expires, client, .. } = settings;
    let kind = option(kind.as_ref().map(|kind| {
        let kind = format_ident!("{}", camel_case(&plain(kind)));
        quote!(#private::FeatureKind::#kind)
    }));
    let (owner, expires) = (option(owner.as_ref()), option(expires.as_ref()));
    let boolean = feature.form == Form::Boolean;
    let on = option(implementations.iter().filter(|_| boolean).find_map(Implementation::constant));
    let implementations = implementations.iter().map(|Implementation { name, docs, cfgs, .. }| {
        let doc = docs.text();
        quote!(#(#cfgs)* #private::ImplementationEntry { name: #name, doc: #doc })
    });
    let inputs = inputs.iter().map(|input| {
        let (name, ty) = (plain(&input.name), input.passing());
        quote!(#private::input::<#ty>(#name))
    });
    let (doc, location) = (feature.docs.text(), location(ident, private));
    // A program may use a handle without calling `create`. References from here keep the compiler from reporting the private
    // functions, and what they call, as unused.
    let references = references(feature);
    quote! {
        #references
        static __CELL: #private::FeatureCell = #private::FeatureCell::new();
        static __ENTRY: #private::FeatureEntry = #private::FeatureEntry {
            name: <#ident as #feats::Feature>::NAME,
            doc: #doc,
            kind: #kind,
            owner: #owner,
            expires: #expires,
            client: #client,
            boolean: #boolean,
            on: #on,
            implementations: &[#(#implementations),*],
            default: <#ident as #feats::Feature>::DEFAULT as ::core::primitive::u16,
            inputs: &[#(#inputs),*],
            location: #location,
            cell: &__CELL,
        };
        &__ENTRY
    }
}

fn references(feature: &Feature) -> TokenStream {
    let references = feature.implementations.iter().filter_map(|implementation| {
        let (name, cfgs) = (&implementation.function()?.signature.ident, &implementation.cfgs);
        Some(quote!(#(#cfgs)* let _ = Self::#name;))
    });
    references.collect()
}

/// Generates the location where an item is declared. All tokens have the span of its name, so that the line is not that of
/// the attribute. Only `$crate` keeps its span, because that determines its crate.
pub(super) fn location(ident: &Ident, private: &TokenStream) -> TokenStream {
    let place = |mut token: TokenTree| {
        if !matches!(&token, TokenTree::Ident(name) if name == "$crate") {
            token.set_span(ident.span());
        }
        token
    };
    quote!(#private::location!()).into_iter().map(place).collect()
}

fn option<T: quote::ToTokens>(value: Option<T>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}
