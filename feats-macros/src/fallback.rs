//! Replacements for items with mistakes. A handle has the same name and functions, and a function the same signature, so that
//! code that uses them does not fail to compile as well. They never run.

use std::collections::HashSet;

use proc_macro2::{Delimiter, Group, Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::{
    Attribute, FnArg, GenericArgument, Generics, PatType, Path, PathArguments, Token, TraitItemType, Type,
    TypeImplTrait, TypeParamBound, TypeReference, TypeSlice, parse_quote,
};

use crate::check::{
    SEGMENT_FUNCTIONS, is_for_traits, is_implemented, is_input, is_output_sound, is_rewritten, is_sound,
};
use crate::expand::{
    HandleFunction, Paths, boolean_trait, enumeration, feature_trait, handle_functions, operators, segment_of, strings,
    takes, unguarded, unit,
};
use crate::model::{
    Build, Docs, Feature, Form, Guarded, Implementation, Input, Output, Passing, Segment, derived, is, is_str, name,
    peeled, plain,
};
use crate::parse::Function;

/// Generates the replacement for a feature or a boolean.
pub(crate) fn feature(mut feature: Feature) -> TokenStream {
    for function in feature.functions_mut().filter(|function| is_rewritten(function)) {
        restore(function);
    }
    let paths = Paths::find(&feature.settings);
    let functions = feature_functions(&feature, &paths);
    let known: Vec<Input<'_>> = inputs(&feature).into_iter().filter(|input| is_input(input.ty)).collect();
    let takes = takes(&feature, &known, &paths);
    let feature = with_distinct_variants(feature);
    let parts = [
        enumeration(&feature),
        functions,
        feature_trait(&feature, &quote!(loop {}), &paths),
        boolean_trait(&feature, &paths),
        takes,
        strings(&feature, &paths),
    ];
    parts.into_iter().collect()
}

/// Generates the replacement for a segment.
pub(crate) fn segment(mut segment: Segment) -> TokenStream {
    let paths = Paths::find(&segment.settings);
    prepare(&mut segment.attrs);
    let (Paths { feats, private }, Segment { vis, ident, .. }) = (&paths, &segment);
    let options = (!segment.options.is_empty()).then(|| quote!(#vis const OPTIONS: &'static [&'static str] = &[];));
    let taken = SEGMENT_FUNCTIONS.iter().map(ToString::to_string).collect();
    // A parameter cannot have the name of the handle, which is also a value.
    let clashes = |parameter: &PatType| name(&parameter.pat).is_some_and(|name| *name == segment.ident);
    let functions = segment.functions.iter().filter(|function| !function.parameters().any(clashes));
    let functions = sound(functions, taken);
    let mut known = HashSet::new();
    let of = segment.sources().map(|(_, parameter)| parameter).filter(|parameter| is_input(&parameter.ty));
    let of = of.filter(|parameter| known.insert(Passing::of(&parameter.ty).to_token_stream().to_string()));
    let of: TokenStream = of.map(|parameter| segment_of(&segment, parameter, &paths)).collect();
    let (unit, operators) = (unit(&segment), operators(&segment, &paths));
    quote! {
        #unit
        #[allow(warnings)]
        impl #ident { #options #(#functions)* }
        impl #feats::Segment for #ident {
            const NAME: &'static str = "";
            fn entry() -> &'static #private::SegmentEntry { loop {} }
        }
        #of
        #operators
    }
}

/// Generates the function with the same signature, but without its condition.
pub(crate) fn guarded(mut guarded: Guarded) -> TokenStream {
    guarded.function.signature.constness = None;
    unguarded(&guarded)
}

/// Generates the functions of the handle without bodies, and those of the user's functions that are valid.
fn feature_functions(feature: &Feature, paths: &Paths) -> TokenStream {
    let anything: Type = parse_quote!(impl ::core::marker::Sized);
    let known_or_any = |input| {
        let Input { name, ty } = input;
        Input { name, ty: if is_input(ty) { ty } else { &anything } }
    };
    let inputs: Vec<Input<'_>> = inputs(feature).into_iter().map(known_or_any).collect();
    let output = output(feature);
    let output = Some(match output {
        Type::TraitObject(_) => Output::Boxed(&output),
        _ => Output::Same(&output),
    });
    let stubs = handle_functions(feature, &inputs, output, paths).into_iter().map(HandleFunction::stub);
    let stubs: Vec<_> = stubs.collect();
    let taken = stubs.iter().map(|stub| stub.name.to_string()).collect();
    let (ident, functions) = (&feature.ident, sound(feature.functions(), taken));
    quote! {
        #[allow(warnings)]
        impl #ident { #(#functions)* #(#stubs)* }
    }
}

/// Returns the output that the feature will have once the mistakes are corrected; `()` if that is unknown.
fn output(feature: &Feature) -> Type {
    let given = feature.exemplar().and_then(|function| Some((function.output()?, is_output_sound(function))));
    let (output, is_sound) = match (feature.outputs.first(), given) {
        _ if feature.form == Form::Boolean => (parse_quote!(bool), true),
        (Some(TraitItemType { default: Some((_, ty)), .. }), _) => (ty.clone(), true),
        (Some(TraitItemType { bounds, .. }), _) if !bounds.is_empty() => (parse_quote!(dyn #bounds), true),
        (_, Some((ty, is_sound))) => (ty.clone(), is_sound),
        (_, None) => (parse_quote!(()), true),
    };
    match peeled(&output) {
        Type::ImplTrait(TypeImplTrait { bounds, .. }) => parse_quote!(dyn #bounds),
        Type::Slice(TypeSlice { elem, .. }) => parse_quote!(::std::vec::Vec<#elem>),
        ty if is_str(ty) => parse_quote!(::std::string::String),
        Type::Reference(TypeReference { elem, .. }) if !is_sound => parse_quote!(&'static #elem),
        Type::TraitObject(_) => output,
        _ if is_sound => output,
        _ => parse_quote!(()),
    }
}

/// Returns the handle's inputs, including those without a name.
fn inputs(feature: &Feature) -> Vec<Input<'_>> {
    let parameters = feature.exemplar().into_iter().flat_map(Function::parameters).enumerate();
    let name = |position, parameter: &PatType| {
        name(&parameter.pat).cloned().unwrap_or_else(|| format_ident!("input_{position}"))
    };
    parameters.map(|(position, parameter)| Input { name: name(position, parameter), ty: &parameter.ty }).collect()
}

/// Returns the valid functions, without duplicate names.
fn sound<'a>(
    functions: impl Iterator<Item = &'a Function>,
    mut taken: HashSet<String>,
) -> impl Iterator<Item = Function> {
    functions
        .filter(|function| is_sound(function) && is_output_sound(function))
        .filter(move |function| taken.insert(plain(&function.signature.ident)))
        .map(|function| {
            let mut function = function.clone();
            prepare(&mut function.attrs);
            function
        })
}

/// Undoes the rewriting of a signature by `#[async_trait]`: `async fn fee(user: &User) -> u32`.
fn restore(function: &mut Function) {
    let signature = &mut function.signature;
    signature.asyncness = Some(<Token![async]>::default());
    signature.generics = Generics::default();
    for parameter in &mut signature.inputs {
        if let FnArg::Typed(parameter) = parameter
            && let Type::Reference(reference) = &mut *parameter.ty
        {
            reference.lifetime = None;
        }
    }
    let awaited = function.output().and_then(awaited).unwrap_or_else(|| parse_quote!(()));
    function.signature.output = parse_quote!(-> #awaited);
    function.body = Some(Group::new(Delimiter::Brace, quote!(loop {})));
}

/// Returns the `T` of `Pin<Box<dyn Future<Output = T> + Send>>`.
fn awaited(ty: &Type) -> Option<Type> {
    let arguments = |path: &Path| match &path.segments.last()?.arguments {
        PathArguments::AngleBracketed(arguments) => Some(arguments.args.clone()),
        _ => None,
    };
    match ty {
        Type::Path(path) => arguments(&path.path)?.iter().find_map(|argument| match argument {
            GenericArgument::Type(ty) => awaited(ty),
            _ => None,
        }),
        Type::TraitObject(object) => object.bounds.iter().find_map(|bound| match bound {
            TypeParamBound::Trait(future) => arguments(&future.path)?.iter().find_map(|argument| match argument {
                GenericArgument::AssocType(output) if output.ident == "Output" => Some(output.ty.clone()),
                _ => None,
            }),
            _ => None,
        }),
        _ => None,
    }
}

/// Removes variants with duplicate names, and adds one if there is none.
fn with_distinct_variants(mut feature: Feature) -> Feature {
    prepare(&mut feature.attrs);
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

/// Removes the attributes of feats, and silences warnings about generated code.
fn prepare(attrs: &mut Vec<Attribute>) {
    attrs.retain(|attr| !is(attr, &["default", "name"]) && !is_for_traits(attr));
    attrs.retain(|attr| !derived(attr).iter().any(is_implemented));
    attrs.push(parse_quote!(#[allow(warnings)]));
}
