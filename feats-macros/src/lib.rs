//! The attribute macros of feats: entry points only.

mod check;
mod errors;
mod expand;
mod fallback;
mod model;
mod parse;
mod stages;

use proc_macro::TokenStream;

use crate::parse::Accepted;
use crate::stages::Stages;

/// f
#[proc_macro_attribute]
pub fn feature(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let stages = Stages {
        attribute: "feature",
        accepted: Accepted::Feature,
        parse: parse::trait_item,
        model: model::Feature::of_trait,
        check: check::feature,
        expand: expand::feature,
        fallback: fallback::feature,
    };
    stages.run(arguments.into(), item.into()).into()
}

/// b
#[proc_macro_attribute]
pub fn boolean(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let stages = Stages {
        attribute: "boolean",
        accepted: Accepted::Feature,
        parse: parse::function,
        model: model::Feature::of_function,
        check: check::feature,
        expand: expand::feature,
        fallback: fallback::feature,
    };
    stages.run(arguments.into(), item.into()).into()
}

/// s
#[proc_macro_attribute]
pub fn segment(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let stages = Stages {
        attribute: "segment",
        accepted: Accepted::Segment,
        parse: parse::trait_item,
        model: model::Segment::of_trait,
        check: check::segment,
        expand: expand::segment,
        fallback: fallback::segment,
    };
    stages.run(arguments.into(), item.into()).into()
}
