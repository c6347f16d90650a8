//! Rules for the output of a feature.

use quote::ToTokens;
use syn::{TraitItemType, Type, TypeImplTrait, TypeReference, TypeTraitObject};

use super::parts::{Part, find_part};
use crate::errors::Errors;
use crate::model::{Feature, Passing, is_str, peeled};
use crate::parse::{Function, same as same_tokens, written};

/// Checks the member `type Output` and the return types.
pub(super) fn outputs(feature: &Feature, errors: &mut Errors) {
    for output in feature.outputs.iter().skip(1) {
        errors.at(output, "a feature can have only one `type Output`: remove this one");
    }
    for output in &feature.outputs {
        output_type(output, errors);
    }
    let exemplar = feature.exemplar().and_then(|function| Some((function, function.output()?)));
    for function in feature.functions() {
        let Some(ty) = function.output() else {
            let name = &function.signature.ident;
            let advice = format!("`{name}` needs a return type: write `-> Type`, or `-> ()` for nothing");
            errors.at(&function.signature, advice);
            continue;
        };
        borrowed(function, ty, errors);
        if is_self_output(ty) {
            errors.at(ty, "an implementation returns its own type: write that type instead of `Self::Output`");
        } else if feature.outputs.is_empty() {
            same(function, ty, exemplar, errors);
        }
    }
}

/// Checks the return type of an implementation of a feature without `type Output`.
fn same(function: &Function, ty: &Type, exemplar: Option<(&Function, &Type)>, errors: &mut Errors) {
    match (peeled(ty), exemplar) {
        (Type::ImplTrait(TypeImplTrait { bounds, .. }), _) => {
            let bounds = written(bounds);
            errors.at(ty, format!("every `impl Trait` is a different type: add `type Output = dyn {bounds};`"));
        }
        (Type::TraitObject(TypeTraitObject { bounds, .. }), _) => {
            let bounds = written(bounds);
            let advice = format!("add `type Output = dyn {bounds};` and return the implementation's own type");
            errors.at(ty, format!("an implementation cannot return an unsized type: {advice}"));
        }
        (ty, Some((exemplar, expected))) if !same_tokens(ty, peeled(expected)) => {
            let (name, found) = (&function.signature.ident, written(ty));
            let (default, expected) = (&exemplar.signature.ident, written(expected));
            let advice =
                "return the same type, or add `type Output = dyn Trait;`, or a `type Output` that both convert into";
            errors.at(ty, format!("`{name}` returns `{found}`, but `{default}` returns `{expected}`: {advice}"));
        }
        _ => {}
    }
}

/// Checks that an output that borrows has exactly one input to borrow from.
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
    let borrowed_inputs =
        function.parameters().filter(|parameter| !matches!(Passing::of(&parameter.ty), Passing::Value(_)));
    match (place, borrowed_inputs.count()) {
        (None, _) | (Some((_, false)), 1) => {}
        // The output borrows from `self`, which is reported separately.
        _ if function.signature.receiver().is_some() => {}
        (Some((place, true)), 1) => {
            errors.at(place, "a lifetime is not needed, because there is only one input to borrow from: remove it")
        }
        (Some((place, _)), 0) => {
            errors.at(place, "there is no input to borrow from: write `'static`, or return an owned type")
        }
        (Some((place, _)), _) => {
            errors.at(place, "there is more than one input to borrow from: write `'static`, or return an owned type");
        }
    }
}

fn output_type(output: &TraitItemType, errors: &mut Errors) {
    if !output.generics.params.is_empty() || output.generics.where_clause.is_some() {
        errors.at(&output.generics, "`type Output` cannot be generic: remove its generics");
    }
    if !output.bounds.is_empty() {
        let bounds = written(&output.bounds);
        errors.at(&output.bounds, format!("`type Output` is a type, not a bound: write `type Output = dyn {bounds};`"));
    }
    let Some((_, ty)) = &output.default else {
        if output.bounds.is_empty() {
            errors.at(output, "`type Output` needs a value: write `type Output = dyn Trait;`, or a type");
        }
        return;
    };
    match peeled(ty) {
        Type::ImplTrait(any) => {
            let bounds = written(&any.bounds);
            errors.at(ty, format!("`impl Trait` is not allowed here: write `dyn {bounds}`"));
        }
        Type::Slice(slice) => {
            errors.at(ty, format!("the output cannot be unsized: write `Vec<{}>`", written(&slice.elem)))
        }
        path if is_str(path) => errors.at(ty, "the output cannot be unsized: write `String` or `&'static str`"),
        _ => {}
    }
}

/// Returns `true` if the function's return type can be used in the generated code.
pub(crate) fn is_output_sound(function: &Function) -> bool {
    let Some(ty) = function.output() else { return true };
    let mut errors = Errors::default();
    borrowed(function, ty, &mut errors);
    errors.is_empty() && !is_self_output(ty) && !matches!(peeled(ty), Type::TraitObject(_))
}

/// Returns `true` if the type is `Self::Output`, which the handle does not have.
fn is_self_output(ty: &Type) -> bool {
    let Type::Path(path) = peeled(ty) else { return false };
    path.path.segments.iter().map(|segment| &segment.ident).eq(["Self", "Output"])
}
