//! Where generated code finds feats.

use proc_macro_crate::{FoundCrate, crate_name};
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};

use crate::parse::Settings;

/// The paths of the crate `feats`, under whatever name the user's crate depends on it.
pub(crate) struct Paths {
    pub(crate) feats: TokenStream,
    /// `feats::__private`, the only names that generated code uses beside those that users see.
    pub(crate) private: TokenStream,
}

impl Paths {
    /// The path that the attribute says with `crate = …`, else the name of the dependency in the crate's manifest.
    pub(crate) fn find(settings: &Settings) -> Self {
        let feats = settings.feats.as_ref().map_or_else(dependency, ToTokens::to_token_stream);
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
        // Within feats itself, which calls itself so, and without Cargo.
        Ok(FoundCrate::Itself) | Err(_) => quote!(::feats),
    }
}
