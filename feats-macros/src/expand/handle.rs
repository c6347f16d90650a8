//! The types that users name: an enum for a feature, a unit struct for a segment.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use crate::model::{Feature, Form, Implementation, Segment};

/// The enum with one variant for each implementation.
pub(crate) fn enumeration(feature: &Feature) -> TokenStream {
    let Feature { attrs, vis, ident, .. } = feature;
    let (summary, derives) = (summary_of_feature(feature), derives());
    let variants = feature.implementations.iter().map(|implementation| {
        let Implementation { variant, cfgs, docs, .. } = implementation;
        let fallback = docs.is_empty().then(|| {
            let text = format!("The implementation `{}`.", implementation.name);
            quote!(#[doc = #text])
        });
        quote!(#(#cfgs)* #docs #fallback #variant)
    });
    quote! {
        #(#attrs)*
        #summary
        #derives
        #vis enum #ident { #(#variants,)* }
    }
}

/// The unit struct of a segment.
pub(crate) fn unit(segment: &Segment) -> TokenStream {
    let Segment { attrs, vis, ident, .. } = segment;
    let (summary, derives) = (summary_of_segment(segment), derives());
    quote! {
        #(#attrs)*
        #summary
        #derives
        #vis struct #ident;
    }
}

/// By full paths, because the user's module may have other macros of these names.
fn derives() -> TokenStream {
    quote! {
        #[derive(
            ::core::clone::Clone,
            ::core::marker::Copy,
            ::core::fmt::Debug,
            ::core::cmp::PartialEq,
            ::core::cmp::Eq,
            ::core::hash::Hash
        )]
    }
}

/// What the handle's documentation says after the user's.
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

/// Text as a paragraph of its own.
fn paragraph(text: &str) -> TokenStream {
    quote!(#[doc = ""] #[doc = #text])
}
