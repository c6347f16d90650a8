//! The paths by which generated code refers to feats.

use proc_macro_crate::{FoundCrate, crate_name};
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};

use crate::parse::Arguments;

/// The paths of the crate `feats`, with the name that the user's crate gives it.
pub(crate) struct Paths {
    pub(crate) feats: TokenStream,
    /// `feats::__private`: generated code uses only this module and the public API.
    pub(crate) private: TokenStream,
}

impl Paths {
    /// Returns the path given with `crate = …`, or else the name of the dependency in the crate's manifest.
    pub(crate) fn find(arguments: &impl Arguments) -> Self {
        let feats = arguments.feats().map_or_else(dependency, ToTokens::to_token_stream);
        let private = quote!(#feats::__private);
        Self { feats, private }
    }
}

fn dependency() -> TokenStream {
    match crate_name("feats") {
        Ok(FoundCrate::Name(name)) => {
            let name = format_ident!("{name}");
            quote!(::#name)
        }
        // Within feats itself, which declares `extern crate self as feats`, and without Cargo.
        Ok(FoundCrate::Itself) | Err(_) => quote!(::feats),
    }
}
