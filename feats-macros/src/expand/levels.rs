//! The levels of lints of what generated code calls.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Attribute;

use crate::model::lint_levels;

/// The call of a macro that writes items, under the levels of lints that the handle has.
pub(super) fn levelled(call: TokenStream, attrs: &[Attribute]) -> TokenStream {
    match &*lint_levels(attrs) {
        [] => call,
        levels => quote!(#(#levels)* const _: () = { #call };),
    }
}
