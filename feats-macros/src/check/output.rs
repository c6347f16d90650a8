//! The rules of what a feature gives.

use syn::{TraitItemType, Type};

use crate::errors::{Errors, written};
use crate::model::{Feature, is_str, peeled};
use crate::parse::Function;

/// The member `type Output`, and the return types.
pub(super) fn outputs(feature: &Feature, errors: &mut Errors) {
    for output in feature.outputs.iter().skip(1) {
        errors.at(output, "a feature has one output: remove this `type Output`");
    }
    for output in &feature.outputs {
        declared(output, errors);
    }
    let all_same = feature.outputs.is_empty();
    let exemplar = feature.exemplar().and_then(|function| Some((function, function.output()?)));
    for function in feature.functions() {
        let name = &function.signature.ident;
        match (function.output(), exemplar) {
            (None, _) => errors.at(
                &function.signature,
                format!("`{name}` does not say what it gives: write `-> Type`, or `-> ()` for nothing"),
            ),
            (Some(ty), _) if is_output_of_self(ty) => {
                errors.at(ty, "an implementation says its own type: write that instead of `Self::Output`");
            }
            (Some(ty @ Type::ImplTrait(found)), _) if all_same => {
                let bounds = written(&found.bounds);
                errors.at(ty, format!("each `impl` is a type of its own: add `type Output = dyn {bounds};`"));
            }
            (Some(ty), Some((exemplar, expected))) if all_same && peeled(ty) != peeled(expected) => {
                differs(function, ty, exemplar, expected, errors);
            }
            _ => {}
        }
    }
}

/// Whether a function can be declared to return the type.
pub(crate) fn is_output(ty: &Type) -> bool {
    !matches!(peeled(ty), Type::ImplTrait(_) | Type::Slice(_)) && !is_str(ty) && !is_output_of_self(ty)
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

fn is_output_of_self(ty: &Type) -> bool {
    let Type::Path(path) = peeled(ty) else { return false };
    path.path.segments.iter().map(|segment| &segment.ident).eq(["Self", "Output"])
}

fn differs(function: &Function, ty: &Type, exemplar: &Function, expected: &Type, errors: &mut Errors) {
    let (name, found) = (&function.signature.ident, written(ty));
    let (default, expected) = (&exemplar.signature.ident, written(expected));
    let advice = "give both one type, or add `type Output = dyn Trait;` or a type that both convert into";
    errors.at(ty, format!("`{name}` gives `{found}` where `{default}` gives `{expected}`: {advice}"));
}
