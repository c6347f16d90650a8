//! What stands for a handle that has mistakes: the same names and functions, so that the code that uses it has no errors
//! but its own. It never runs.

use std::collections::HashSet;

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::{PatType, Type, parse_quote};

use crate::check::{is_input, is_output, is_sound};
use crate::expand::{
    HandleFunction, Paths, enumeration, feature_trait, handle_functions, operators, segment_of, strings, takes, unit,
};
use crate::model::{Build, Docs, Feature, Implementation, Input, Output, Passing, Segment, name, plain};
use crate::parse::Function;

/// In place of a feature or a boolean.
pub(crate) fn feature(feature: Feature) -> TokenStream {
    let paths = Paths::find();
    let functions = feature_functions(&feature, &paths);
    let known: Vec<Input<'_>> = inputs(&feature).into_iter().filter(|input| is_input(input.ty)).collect();
    let takes = takes(&feature, &known, &paths);
    let feature = with_distinct_variants(feature);
    let parts =
        [enumeration(&feature), functions, feature_trait(&feature, &never(), &paths), takes, strings(&feature, &paths)];
    parts.into_iter().collect()
}

/// In place of a segment.
pub(crate) fn segment(segment: Segment) -> TokenStream {
    let paths = Paths::find();
    let Paths { feats, private } = &paths;
    let (Segment { vis, ident, .. }, never) = (&segment, never());
    let options = (!segment.options.is_empty()).then(|| quote!(#vis const OPTIONS: &'static [&'static str] = &[];));
    let functions = sound(segment.functions.iter(), HashSet::new());
    let mut known = HashSet::new();
    let of = segment.sources().map(|(_, parameter)| parameter).filter(|parameter| is_input(&parameter.ty));
    let of = of.filter(|parameter| known.insert(Passing::of(&parameter.ty).to_token_stream().to_string()));
    let of: TokenStream = of.map(|parameter| segment_of(&segment, parameter, &paths)).collect();
    let (unit, operators) = (unit(&segment), operators(&segment, &paths));
    quote! {
        #unit
        #[allow(dead_code, unused, clippy::all)]
        impl #ident { #options #(#functions)* }
        impl #feats::Segment for #ident {
            const NAME: &'static str = "";
            fn entry() -> &'static #private::SegmentEntry { #never }
        }
        #of
        #operators
    }
}

/// The functions of the handle without what they do, and the user's functions where they can be written at all.
fn feature_functions(feature: &Feature, paths: &Paths) -> TokenStream {
    let anything: Type = parse_quote!(impl ::core::marker::Sized);
    let inputs = inputs(feature).into_iter().map(|input| {
        let ty = if is_input(input.ty) { input.ty } else { &anything };
        Input { ty, ..input }
    });
    let (never_type, inputs): (Type, Vec<Input<'_>>) = (parse_quote!(!), inputs.collect());
    let output = feature.output().filter(|output| match output {
        Output::Same(ty) | Output::Converted(ty) => is_output(ty),
        Output::Boxed(_) => true,
    });
    let output = Some(output.unwrap_or(Output::Same(&never_type)));
    let stubs: Vec<_> = handle_functions(feature, &inputs, output, paths).into_iter().map(stub).collect();
    let taken = stubs.iter().map(|stub| stub.name.to_string()).collect();
    let (ident, functions) = (&feature.ident, sound(feature.functions(), taken));
    quote! {
        #[allow(dead_code, unused, clippy::all)]
        impl #ident { #(#functions)* #(#stubs)* }
    }
}

fn stub(mut function: HandleFunction<'_>) -> HandleFunction<'_> {
    function.body = never();
    function
}

/// The handle's inputs, also those without a name.
fn inputs(feature: &Feature) -> Vec<Input<'_>> {
    let parameters = feature.exemplar().into_iter().flat_map(Function::parameters).enumerate();
    let name = |position, parameter: &PatType| {
        name(&parameter.pat).cloned().unwrap_or_else(|| format_ident!("input_{position}"))
    };
    parameters.map(|(position, parameter)| Input { name: name(position, parameter), ty: &parameter.ty }).collect()
}

/// The functions that can be written again, each name once.
fn sound<'a>(
    functions: impl Iterator<Item = &'a Function>,
    mut taken: HashSet<String>,
) -> impl Iterator<Item = &'a Function> {
    functions
        .filter(|function| is_sound(function))
        .filter(move |function| taken.insert(plain(&function.signature.ident)))
}

/// An enum needs variants of different names, and the handle at least one.
fn with_distinct_variants(mut feature: Feature) -> Feature {
    let default = feature.default().map(|default| default.variant.clone());
    let mut seen = HashSet::<Ident>::new();
    feature.implementations.retain(|implementation| seen.insert(implementation.variant.clone()));
    if feature.implementations.is_empty() {
        feature.implementations.push(Implementation {
            variant: format_ident!("Default", span = feature.ident.span()),
            name: String::new(),
            docs: Docs::default(),
            cfgs: Vec::new(),
            build: Build::Constant(false),
            marks: Vec::new(),
        });
    }
    let is_default = |implementation: &Implementation| Some(&implementation.variant) == default.as_ref();
    feature.default = feature.implementations.iter().position(is_default).unwrap_or(0);
    feature
}

/// A body of any type.
fn never() -> TokenStream {
    quote!(loop {})
}
