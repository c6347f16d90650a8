//! The types of handles: an enum for a feature, a unit struct for a segment.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use syn::{Attribute, Path};

use crate::model::{Feature, Form, Implementation, Segment, derived};

/// Generates the enum with one variant for each implementation.
pub(crate) fn enumeration(feature: &Feature) -> TokenStream {
    let Feature { attrs, vis, ident, .. } = feature;
    let (summary, derives) = (summary_of_feature(feature), derives(attrs));
    let is_default_derived =
        attrs.iter().flat_map(derived).any(|path| path.segments.last().is_some_and(|last| last.ident == "Default"));
    let variants = feature.implementations.iter().enumerate().map(|(position, implementation)| {
        let Implementation { variant, cfgs, docs, .. } = implementation;
        let mark = (is_default_derived && position == feature.default).then(|| quote!(#[default]));
        let fallback = docs.is_empty().then(|| {
            let text = format!("The implementation `{}`.", implementation.name);
            quote!(#[doc = #text])
        });
        quote!(#(#cfgs)* #docs #fallback #mark #variant)
    });
    quote! {
        #(#attrs)*
        #summary
        #derives
        #vis enum #ident { #(#variants,)* }
    }
}

/// Generates the unit struct of a segment.
pub(crate) fn unit(segment: &Segment) -> TokenStream {
    let Segment { attrs, vis, ident, .. } = segment;
    let (summary, derives) = (summary_of_segment(segment), derives(attrs));
    quote! {
        #(#attrs)*
        #summary
        #derives
        #vis struct #ident;
    }
}

/// Generates the derives of every handle, except those that the user derives already. Uses full paths, because the user's
/// module may have other macros of these names.
fn derives(attrs: &[Attribute]) -> TokenStream {
    let taken: Vec<Path> = attrs.iter().flat_map(derived).collect();
    let is_taken = |name: &str| taken.iter().any(|path| path.segments.last().is_some_and(|last| last.ident == name));
    let derives = [
        ("Clone", quote!(::core::clone::Clone)),
        ("Copy", quote!(::core::marker::Copy)),
        ("Debug", quote!(::core::fmt::Debug)),
        ("PartialEq", quote!(::core::cmp::PartialEq)),
        ("Eq", quote!(::core::cmp::Eq)),
        ("Hash", quote!(::core::hash::Hash)),
    ];
    let derives = derives.into_iter().filter(|(name, _)| !is_taken(name)).map(|(_, path)| path);
    quote!(#[derive(#(#derives),*)])
}

/// Generates a summary that follows the user's documentation.
fn summary_of_feature(feature: &Feature) -> TokenStream {
    let noun = match feature.form {
        Form::Trait => "Feature",
        Form::Boolean => "Boolean feature",
    };
    let listed = |(position, implementation): (usize, &Implementation)| {
        let note = if position == feature.default { " (the default)" } else { "" };
        format!("`{}`{note}", implementation.name)
    };
    let implementations: Vec<String> = feature.implementations.iter().enumerate().map(listed).collect();
    let mut summary = format!("{noun} `{}`. Implementations: {}.", feature.name, implementations.join(", "));
    let settings = &feature.settings;
    let facts = [
        ("Kind", settings.kind.as_ref().map(ToString::to_string)),
        ("Owner", settings.owner.as_ref().map(syn::LitStr::value)),
        ("Expires", settings.expires.as_ref().map(syn::LitStr::value)),
    ];
    for (title, fact) in facts {
        if let Some(fact) = fact {
            summary.push_str(&format!(" {title}: {fact}."));
        }
    }
    paragraph(&summary)
}

fn summary_of_segment(segment: &Segment) -> TokenStream {
    let kind = segment.kind().map_or_else(String::new, |kind| format!(", {kind}"));
    let mut summary = format!("Segment `{}`{kind}.", segment.name);
    if let Some(options) = segment.options() {
        let options = options.to_token_stream().to_string();
        summary.push_str(&format!(" Options: `{}`.", options.trim_start_matches('&').trim()));
    }
    paragraph(&summary)
}

/// Returns text as a separate paragraph of documentation.
fn paragraph(text: &str) -> TokenStream {
    quote!(#[doc = ""] #[doc = #text])
}
