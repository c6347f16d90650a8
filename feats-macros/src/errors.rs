//! The mistakes of one item, which are reported at once.

use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::ToTokens;

/// The mistakes found so far, each with its place in the source.
#[derive(Default)]
pub(crate) struct Errors(Vec<syn::Error>);

impl Errors {
    /// Adds a mistake. `advice` says what was found and what to write.
    pub(crate) fn at(&mut self, place: impl ToTokens, advice: impl Display) {
        self.add(syn::Error::new_spanned(place, advice));
    }

    /// Adds a syntax error of the parser.
    pub(crate) fn add(&mut self, error: syn::Error) {
        self.0.push(error);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns one `compile_error!` for each mistake, in the order in which they were found.
    pub(crate) fn into_compile_errors(self) -> TokenStream {
        self.0.iter().map(syn::Error::to_compile_error).collect()
    }
}
