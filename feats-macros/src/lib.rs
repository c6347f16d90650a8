//! The attribute macros of feats: entry points only.

use proc_macro::TokenStream;

/// See `feats::feature`.
#[proc_macro_attribute]
pub fn feature(_args: TokenStream, item: TokenStream) -> TokenStream {
    item
}
/// See `feats::segment`.
#[proc_macro_attribute]
pub fn segment(_args: TokenStream, item: TokenStream) -> TokenStream {
    item
}
/// See `feats::boolean`.
#[proc_macro_attribute]
pub fn boolean(_args: TokenStream, item: TokenStream) -> TokenStream {
    item
}
