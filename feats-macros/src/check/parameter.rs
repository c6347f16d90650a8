//! Rules for parameters: inputs are distinguished by their types, and cannot contain borrows.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Pat, PatType, Type, TypeReference};

use super::parts::{Part, find_part};
use crate::errors::Errors;
use crate::model::{is_static, is_str, name, peeled};
use crate::parse::written;

/// A mistake in a type, and the advice for it.
struct Fault {
    place: TokenStream,
    advice: String,
}

pub(super) fn parameter(parameter: &PatType, errors: &mut Errors) {
    if let Some(attr) = parameter.attrs.first() {
        errors.at(attr, "attributes are not supported on inputs: remove it");
    }
    if !matches!(*parameter.pat, Pat::Wild(_)) && name(&parameter.pat).is_none() {
        let ty = written(&parameter.ty);
        errors.at(&parameter.pat, format!("an input needs a name: write `name: {ty}`, and destructure it in the body"));
    }
    if let Some(fault) = fault(&parameter.ty) {
        errors.at(fault.place, fault.advice);
    }
}

/// Returns `true` if the type can be that of an input.
pub(crate) fn is_input(ty: &Type) -> bool {
    fault(ty).is_none()
}

/// Checks that a parameter has a name, which the input of the handle gets.
pub(super) fn named(parameter: &PatType, errors: &mut Errors) {
    if matches!(*parameter.pat, Pat::Wild(_)) {
        let ty = written(&parameter.ty);
        errors.at(&parameter.pat, format!("the handle needs a name for this input: write `_name: {ty}`"));
    }
}

fn fault(ty: &Type) -> Option<Fault> {
    match peeled(ty) {
        Type::Reference(reference) => reference_fault(reference),
        Type::Path(path) if is_str(ty) => found(path, "`str` is unsized: write `&str`"),
        ty => unsized_fault(ty).or_else(|| inner_fault(ty)),
    }
}

fn reference_fault(reference: &TypeReference) -> Option<Fault> {
    let elem = written(&reference.elem);
    if let Some(mutability) = &reference.mutability {
        return found(mutability, format!("an input cannot be mutable: write `&{elem}`"));
    }
    if let Some(lifetime) = reference.lifetime.as_ref().filter(|lifetime| !is_static(lifetime)) {
        return found(lifetime, format!("an input cannot have a named lifetime: write `&{elem}`"));
    }
    unsized_fault(peeled(&reference.elem)).or_else(|| inner_fault(&reference.elem))
}

/// Finds trait objects and slices.
fn unsized_fault(ty: &Type) -> Option<Fault> {
    match ty {
        Type::TraitObject(object) => found(
            object,
            "an input cannot be a trait object: write a concrete type, or put a `Box` of this in a struct",
        ),
        Type::Slice(slice) => {
            found(slice, format!("an input cannot be a slice: write `&Vec<{}>`", written(&slice.elem)))
        }
        _ => None,
    }
}

/// Finds borrows and unnamed types anywhere in a type.
fn inner_fault(ty: &Type) -> Option<Fault> {
    find_part(ty, &|part| match part {
        Part::Reference(reference) => {
            let (borrow, elem) = (written(reference), written(&reference.elem));
            let advice = format!("an input cannot contain the borrow `{borrow}`: take `&{elem}` as a separate input");
            found(reference, advice)
        }
        Part::Lifetime(lifetime) => {
            let advice = format!(
                "an input cannot contain a borrow: write `'static` instead of `{lifetime}`, or take an owned type"
            );
            found(lifetime, advice)
        }
        Part::Unnamed(ty) => {
            found(ty, format!("an input needs a concrete type: write it instead of `{}`", written(ty)))
        }
    })
}

fn found(place: impl ToTokens, advice: impl Into<String>) -> Option<Fault> {
    Some(Fault { place: place.to_token_stream(), advice: advice.into() })
}
