//! Generates code from the model. All rules have been checked, so nothing can fail.

mod build;
mod entry;
mod functions;
mod guarded;
mod handle;
mod levels;
mod parameters;
mod paths;
mod segment;
mod traits;

use proc_macro2::TokenStream;
use quote::quote;

use self::levels::with_lint_levels;
use crate::model::Feature;

pub(crate) use functions::{HandleFunction, handle_functions};
pub(crate) use guarded::{guarded, unguarded};
pub(crate) use handle::{enumeration, unit};
pub(crate) use paths::Paths;
pub(crate) use segment::{operators, segment, segment_of};
pub(crate) use traits::{boolean_trait, feature_trait, strings, takes};

/// Generates the handle of a feature or a boolean.
pub(crate) fn feature(feature: &Feature) -> TokenStream {
    let paths = Paths::find(&feature.settings);
    let inputs = feature.inputs();
    let parts = [
        enumeration(feature),
        build::implementations(feature),
        functions::inherent(feature, &inputs, &paths),
        feature_trait(feature, &entry::feature(feature, &inputs, &paths), &paths),
        boolean_trait(feature, &paths),
        takes(feature, &inputs, &paths),
        strings(feature, &paths),
    ];
    let (ident, Paths { feats, private }) = (&feature.ident, &paths);
    let submit = quote! {
        #private::inventory::submit! { #private::FeatureRegistration(<#ident as #feats::Feature>::entry) }
    };
    let submit = with_lint_levels(submit, &feature.attrs);
    parts.into_iter().chain([submit]).collect()
}
