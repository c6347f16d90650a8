//! Lint levels for macro calls in generated code.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Attribute;

use crate::model::lint_levels;

/// Wraps the call of a macro that generates items with the lint levels of the handle.
pub(super) fn with_lint_levels(call: TokenStream, attrs: &[Attribute]) -> TokenStream {
    match &*lint_levels(attrs) {
        [] => call,
        levels => quote!(#(#levels)* const _: () = { #call };),
    }
}
