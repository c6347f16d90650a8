//! What a feature's handle implements.

use proc_macro2::TokenStream;
use quote::quote;

use super::paths::Paths;
use crate::model::{Feature, Implementation, Input};

/// `Feature`, with this body of `entry`.
pub(crate) fn feature_trait(feature: &Feature, entry: &TokenStream, Paths { feats, private }: &Paths) -> TokenStream {
    let Feature { ident, name, implementations, .. } = feature;
    let default = feature.default().map(|default| &default.variant);
    let all = implementations.iter().map(|Implementation { variant, cfgs, .. }| quote!(#(#cfgs)* Self::#variant));
    quote! {
        #[automatically_derived]
        impl #feats::Feature for #ident {
            const NAME: &'static str = #name;
            const DEFAULT: Self = Self::#default;
            const ALL: &'static [Self] = &[#(#all),*];

            fn entry() -> &'static #private::FeatureEntry { #entry }

            #[inline]
            fn position(self) -> u16 { self as u16 }
        }
    }
}

/// `Takes`, for the compile-time check that a segment fits.
pub(crate) fn takes(feature: &Feature, inputs: &[Input<'_>], Paths { private, .. }: &Paths) -> TokenStream {
    let ident = &feature.ident;
    let list = inputs.iter().rev().fold(quote!(#private::Nil), |tail, input| {
        let ty = input.passing();
        quote!(#private::Cons<#private::In<#ty>, #tail>)
    });
    quote!(#[automatically_derived] impl #private::Takes<#list> for #ident {})
}

/// The conversions to and from names.
pub(crate) fn strings(feature: &Feature, Paths { feats, private }: &Paths) -> TokenStream {
    let Feature { ident, implementations, .. } = feature;
    let names = implementations
        .iter()
        .map(|Implementation { variant, cfgs, name, .. }| quote!(#(#cfgs)* Self::#variant => #name));
    quote! {
        #[automatically_derived]
        impl ::core::convert::AsRef<str> for #ident {
            fn as_ref(&self) -> &str {
                match self { #(#names),* }
            }
        }

        #[automatically_derived]
        impl ::core::fmt::Display for #ident {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(::core::convert::AsRef::as_ref(self))
            }
        }

        #[automatically_derived]
        impl ::core::str::FromStr for #ident {
            type Err = #feats::UnknownImplementation;

            fn from_str(text: &str) -> ::core::result::Result<Self, Self::Err> {
                #private::parse(text)
            }
        }

        #[automatically_derived]
        impl #private::serde::Serialize for #ident {
            fn serialize<S: #private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(::core::convert::AsRef::as_ref(self))
            }
        }

        #[automatically_derived]
        impl<'de> #private::serde::Deserialize<'de> for #ident {
            fn deserialize<D: #private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                #private::deserialize(deserializer)
            }
        }
    }
}
