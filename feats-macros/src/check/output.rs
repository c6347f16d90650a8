//! The rules of what a feature gives.

use quote::ToTokens;
use syn::{TraitItemType, Type, TypeImplTrait, TypeReference, TypeTraitObject};

use super::parts::{Part, find_part};
use crate::errors::Errors;
use crate::model::{Feature, Passing, is_str, peeled};
use crate::parse::{Function, same as same_tokens, written};

/// The member `type Output`, and the return types.
pub(super) fn outputs(feature: &Feature, errors: &mut Errors) {
    for output in feature.outputs.iter().skip(1) {
        errors.at(output, "a feature has one output: remove this `type Output`");
    }
    for output in &feature.outputs {
        declared(output, errors);
    }
    let exemplar = feature.exemplar().and_then(|function| Some((function, function.output()?)));
    for function in feature.functions() {
        let Some(ty) = function.output() else {
            let name = &function.signature.ident;
            let advice = format!("`{name}` does not say what it gives: write `-> Type`, or `-> ()` for nothing");
            errors.at(&function.signature, advice);
            continue;
        };
        borrowed(function, ty, errors);
        if is_output_of_self(ty) {
            errors.at(ty, "an implementation says its own type: write that instead of `Self::Output`");
        } else if feature.outputs.is_empty() {
            same(function, ty, exemplar, errors);
        }
    }
}

/// The return type where the feature says no other.
fn same(function: &Function, ty: &Type, exemplar: Option<(&Function, &Type)>, errors: &mut Errors) {
    match (peeled(ty), exemplar) {
        (Type::ImplTrait(TypeImplTrait { bounds, .. }), _) => {
            let bounds = written(bounds);
            errors.at(ty, format!("each `impl` is a type of its own: add `type Output = dyn {bounds};`"));
        }
        (Type::TraitObject(TypeTraitObject { bounds, .. }), _) => {
            let bounds = written(bounds);
            let advice = format!("add `type Output = dyn {bounds};` and write each implementation's own type here");
            errors.at(ty, format!("what is given has a size: {advice}"));
        }
        (ty, Some((exemplar, expected))) if !same_tokens(ty, peeled(expected)) => {
            let (name, found) = (&function.signature.ident, written(ty));
            let (default, expected) = (&exemplar.signature.ident, written(expected));
            let advice = "give both one type, or add `type Output = dyn Trait;` or a type that both convert into";
            errors.at(ty, format!("`{name}` gives `{found}` where `{default}` gives `{expected}`: {advice}"));
        }
        _ => {}
    }
}

/// What is given may borrow from an input, if there is only one that it could be.
pub(super) fn borrowed(function: &Function, ty: &Type, errors: &mut Errors) {
    let place = find_part(ty, &|part| match part {
        Part::Reference(TypeReference { lifetime: Some(lifetime), .. }) | Part::Lifetime(lifetime)
            if lifetime.ident != "_" =>
        {
            Some((lifetime.to_token_stream(), true))
        }
        Part::Reference(reference) => Some((reference.to_token_stream(), false)),
        Part::Lifetime(lifetime) => Some((lifetime.to_token_stream(), false)),
        Part::Unnamed(_) => None,
    });
    let lent = function.parameters().filter(|parameter| !matches!(Passing::of(&parameter.ty), Passing::Value(_)));
    match (place, lent.count()) {
        (None, _) | (Some((_, false)), 1) => {}
        // It is borrowed from `self`, which is a mistake of its own.
        _ if function.signature.receiver().is_some() => {}
        (Some((place, true)), 1) => errors.at(place, "there is one input to borrow from: leave the lifetime out"),
        (Some((place, _)), 0) => {
            errors.at(place, "there is no input to borrow from: write `'static`, or an owned type")
        }
        (Some((place, _)), _) => {
            errors.at(place, "from which input this is borrowed cannot be said: write `'static`, or an owned type");
        }
    }
}

fn declared(output: &TraitItemType, errors: &mut Errors) {
    if !output.generics.params.is_empty() || output.generics.where_clause.is_some() {
        errors.at(&output.generics, "the output is one known type: remove the generics of `type Output`");
    }
    if !output.bounds.is_empty() {
        let bounds = written(&output.bounds);
        errors.at(&output.bounds, format!("nothing chooses another output: write `type Output = dyn {bounds};`"));
    }
    let Some((_, ty)) = &output.default else {
        if output.bounds.is_empty() {
            errors.at(output, "say what the feature gives: write `type Output = dyn Trait;`, or a type");
        }
        return;
    };
    match peeled(ty) {
        Type::ImplTrait(any) => {
            let bounds = written(&any.bounds);
            errors.at(ty, format!("each implementation gives a type of its own: write `dyn {bounds}`"));
        }
        Type::Slice(slice) => errors.at(ty, format!("the output has a size: write `Vec<{}>`", written(&slice.elem))),
        path if is_str(path) => errors.at(ty, "the output has a size: write `String` or `&'static str`"),
        _ => {}
    }
}

/// Whether the function's return type can be written again beside the handle's functions.
pub(crate) fn is_output_sound(function: &Function) -> bool {
    let Some(ty) = function.output() else { return true };
    let mut errors = Errors::default();
    borrowed(function, ty, &mut errors);
    errors.is_empty() && !is_output_of_self(ty) && !matches!(peeled(ty), Type::TraitObject(_))
}

/// Whether the type is `Self::Output`, which the handle does not have.
fn is_output_of_self(ty: &Type) -> bool {
    let Type::Path(path) = peeled(ty) else { return false };
    path.path.segments.iter().map(|segment| &segment.ident).eq(["Self", "Output"])
}
