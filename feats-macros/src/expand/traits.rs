//! The traits that a feature's handle implements.
//!
//! Generated names start with two underscores: a parameter `text` would be an error if the user has a static of that name,
//! and an item `SLOT` would shadow a constant of the user.

use proc_macro2::TokenStream;
use quote::quote;

use super::paths::Paths;
use crate::model::{Feature, Form, Implementation, Input};

/// Generates the implementation of `Feature`, with the given body of `entry`.
pub(crate) fn feature_trait(feature: &Feature, entry: &TokenStream, Paths { feats, private }: &Paths) -> TokenStream {
    let Feature { ident, name, implementations, .. } = feature;
    let default = feature.default().map(|default| &default.variant);
    let levels = feature.lint_levels();
    let all = implementations.iter().map(|Implementation { variant, cfgs, .. }| quote!(#(#cfgs)* Self::#variant));
    quote! {
        #(#levels)*
        #[automatically_derived]
        impl #feats::Feature for #ident {
            const NAME: &'static ::core::primitive::str = #name;
            const DEFAULT: Self = Self::#default;
            const ALL: &'static [Self] = &[#(#all),*];

            fn entry() -> &'static #private::FeatureEntry { #entry }

            #[inline]
            fn position(self) -> ::core::primitive::u16 { self as ::core::primitive::u16 }
        }
    }
}

/// Generates the implementation of `BooleanFeature`, if the feature is one.
pub(crate) fn boolean_trait(feature: &Feature, Paths { private, .. }: &Paths) -> TokenStream {
    let (ident, levels) = (&feature.ident, feature.lint_levels());
    match feature.form {
        Form::Trait => TokenStream::new(),
        Form::Boolean => quote! {
            #(#levels)*
            #[automatically_derived]
            impl #private::BooleanFeature for #ident { type Handle = Self; }
        },
    }
}

/// Generates the implementation of `Takes`, which checks at compile time that a segment applies.
pub(crate) fn takes(feature: &Feature, inputs: &[Input<'_>], Paths { private, .. }: &Paths) -> TokenStream {
    let (ident, levels) = (&feature.ident, feature.lint_levels());
    let list = inputs.iter().rev().fold(quote!(#private::Nil), |tail, input| {
        let ty = input.passing();
        quote!(#private::Cons<#private::In<#ty>, #tail>)
    });
    quote!(#(#levels)* #[automatically_derived] impl #private::Takes<#list> for #ident {})
}

/// Generates the conversions to and from names.
pub(crate) fn strings(feature: &Feature, Paths { feats, private }: &Paths) -> TokenStream {
    let (Feature { ident, implementations, .. }, levels) = (feature, feature.lint_levels());
    let names = implementations
        .iter()
        .map(|Implementation { variant, cfgs, name, .. }| quote!(#(#cfgs)* Self::#variant => #name));
    quote! {
        #(#levels)*
        #[automatically_derived]
        impl ::core::convert::AsRef<::core::primitive::str> for #ident {
            fn as_ref(&self) -> &::core::primitive::str {
                match self { #(#names),* }
            }
        }

        #(#levels)*
        #[automatically_derived]
        impl ::core::fmt::Display for #ident {
            fn fmt(&self, __formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                __formatter.pad(::core::convert::AsRef::as_ref(self))
            }
        }

        #(#levels)*
        #[automatically_derived]
        impl ::core::str::FromStr for #ident {
            type Err = #feats::UnknownImplementation;

            fn from_str(
                __text: &::core::primitive::str,
            ) -> ::core::result::Result<Self, #feats::UnknownImplementation> {
                #private::parse(__text)
            }
        }

        #(#levels)*
        #[automatically_derived]
        impl #private::serde::Serialize for #ident {
            fn serialize<__S: #private::serde::Serializer>(
                &self,
                __serializer: __S,
            ) -> ::core::result::Result<__S::Ok, __S::Error> {
                __serializer.serialize_str(::core::convert::AsRef::as_ref(self))
            }
        }

        #(#levels)*
        #[automatically_derived]
        impl<'de> #private::serde::Deserialize<'de> for #ident {
            fn deserialize<__D: #private::serde::Deserializer<'de>>(
                __deserializer: __D,
            ) -> ::core::result::Result<Self, __D::Error> {
                #private::deserialize(__deserializer)
            }
        }
    }
}
