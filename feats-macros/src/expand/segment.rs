//! The handle of a segment.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{PatType, TraitItemConst};

use super::entry::location;
use super::handle::unit;
use super::levels::with_lint_levels;
use super::paths::Paths;
use crate::model::{Docs, Kind, Passing, Segment};
use crate::parse::Function;

pub(crate) fn segment(segment: &Segment) -> TokenStream {
    let paths = Paths::find(&segment.settings);
    let Paths { feats, private } = &paths;
    let Segment { ident, name, .. } = segment;
    let (entry, levels) = (entry(segment, &paths), segment.lint_levels());
    let parts = [
        unit(segment),
        functions(segment),
        quote! {
            #(#levels)*
            #[automatically_derived]
            impl #feats::Segment for #ident {
                const NAME: &'static ::core::primitive::str = #name;

                fn entry() -> &'static #private::SegmentEntry { #entry }
            }
        },
        segment.sources().map(|(_, parameter)| segment_of(segment, parameter, &paths)).collect(),
        operators(segment, &paths),
        with_lint_levels(
            quote! {
                #private::inventory::submit! { #private::SegmentRegistration(<#ident as #feats::Segment>::entry) }
            },
            &segment.attrs,
        ),
    ];
    parts.into_iter().collect()
}

/// Generates `SegmentOf` for the input of a function.
pub(crate) fn segment_of(segment: &Segment, parameter: &PatType, Paths { private, .. }: &Paths) -> TokenStream {
    let (ident, ty, levels) = (&segment.ident, Passing::of(&parameter.ty), segment.lint_levels());
    quote!(#(#levels)* #[automatically_derived] impl #private::SegmentOf<#ty> for #ident {})
}

/// Generates the functions of the handle, such as `is`.
pub(crate) fn operators(segment: &Segment, Paths { private, .. }: &Paths) -> TokenStream {
    let Segment { attrs, vis, ident, .. } = segment;
    let operators = match segment.kind() {
        Some(Kind::Integer) => format_ident!("integer_operators"),
        Some(Kind::Float) => format_ident!("float_operators"),
        Some(Kind::Bool) => format_ident!("bool_operators"),
        Some(Kind::Text) | None => format_ident!("text_operators"),
    };
    with_lint_levels(quote!(#private::#operators! { #vis #ident }), attrs)
}

/// Generates the user's functions, as written and private, and the options, which are visible to users.
fn functions(segment: &Segment) -> TokenStream {
    let Segment { vis, ident, functions, .. } = segment;
    let levels = segment.lint_levels();
    let options = segment.options.first().zip(segment.options()).map(|(TraitItemConst { attrs, .. }, values)| {
        let doc = Docs::new(attrs).is_empty().then(|| quote!(#[doc = "The only values that an operator can choose."]));
        quote!(#(#attrs)* #doc #vis const OPTIONS: &'static [&'static ::core::primitive::str] = #values;)
    });
    // These lints would object to signatures that a segment requires.
    quote! {
        #(#levels)*
        #[allow(
            clippy::missing_const_for_fn,
            clippy::new_ret_no_self,
            clippy::ptr_arg,
            clippy::trivially_copy_pass_by_ref,
            clippy::unnecessary_wraps
        )]
        impl #ident { #options #(#functions)* }
    }
}

fn entry(segment: &Segment, Paths { private, .. }: &Paths) -> TokenStream {
    let Segment { ident, name, .. } = segment;
    let kind = match segment.kind() {
        Some(Kind::Integer) => quote!(Integer),
        Some(Kind::Float) => quote!(Float),
        Some(Kind::Bool) => quote!(Bool),
        Some(Kind::Text) | None => quote!(Text),
    };
    let options = if segment.options.is_empty() { quote!(&[]) } else { quote!(#ident::OPTIONS) };
    let functions = segment.sources().map(|(function, parameter)| extractor(segment, function, parameter, private));
    let (doc, location) = (segment.docs.text(), location(ident, private));
    quote! {
        static __ENTRY: #private::SegmentEntry = #private::SegmentEntry {
            name: #name,
            doc: #doc,
            kind: #private::ValueKind::#kind,
            options: #options,
            functions: &[#(#functions),*],
            location: #location,
        };
        &__ENTRY
    }
}

/// Generates a function that checks the type of its input.
fn extractor(segment: &Segment, function: &Function, parameter: &PatType, private: &TokenStream) -> TokenStream {
    let (ident, name, ty) = (&segment.ident, &function.signature.ident, Passing::of(&parameter.ty));
    let input = match &ty {
        Passing::Text => quote!(__input.text()?),
        Passing::Reference(ty) => quote!(__input.get::<#ty>()?),
        Passing::Value(ty) => quote!(#private::copied::<#ty>(__input)?),
    };
    quote! {
        #private::segment_function::<#ty>(|__input| #private::SegmentValue::into_value(#ident::#name(#input)))
    }
}
