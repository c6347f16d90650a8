//! The rules of parameters: inputs are told apart by their types, and live on their own.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Pat, PatType, Type, TypeReference};

use super::parts::{Part, find_part};
use crate::errors::Errors;
use crate::model::{is_static, is_str, name, peeled};
use crate::parse::written;

/// What is wrong with a type, and what to write.
struct Fault {
    place: TokenStream,
    advice: String,
}

pub(super) fn parameter(parameter: &PatType, errors: &mut Errors) {
    if let Some(attr) = parameter.attrs.first() {
        errors.at(attr, "an input is always there and as it is: remove the attribute");
    }
    if !matches!(*parameter.pat, Pat::Wild(_)) && name(&parameter.pat).is_none() {
        let ty = written(&parameter.ty);
        errors.at(&parameter.pat, format!("an input has a name: write `name: {ty}`, and take it apart in the body"));
    }
    if let Some(fault) = fault(&parameter.ty) {
        errors.at(fault.place, fault.advice);
    }
}

/// Whether the type can be that of an input.
pub(crate) fn is_input(ty: &Type) -> bool {
    fault(ty).is_none()
}

/// The inputs of a handle have the names of these parameters.
pub(super) fn named(parameter: &PatType, errors: &mut Errors) {
    if matches!(*parameter.pat, Pat::Wild(_)) {
        let ty = written(&parameter.ty);
        errors.at(&parameter.pat, format!("the handle takes this input by name: write `_name: {ty}`"));
    }
}

fn fault(ty: &Type) -> Option<Fault> {
    match peeled(ty) {
        Type::Reference(reference) => reference_fault(reference),
        Type::Path(path) if is_str(ty) => found(path, "text is taken by reference: write `&str`"),
        ty => unsized_fault(ty).or_else(|| inner_fault(ty)),
    }
}

fn reference_fault(reference: &TypeReference) -> Option<Fault> {
    let elem = written(&reference.elem);
    if let Some(mutability) = &reference.mutability {
        return found(mutability, format!("an input is only read: write `&{elem}`"));
    }
    if let Some(lifetime) = reference.lifetime.as_ref().filter(|lifetime| !is_static(lifetime)) {
        return found(lifetime, format!("an input needs no lifetime: write `&{elem}`"));
    }
    unsized_fault(peeled(&reference.elem)).or_else(|| inner_fault(&reference.elem))
}

/// Types that are not known by themselves.
fn unsized_fault(ty: &Type) -> Option<Fault> {
    match ty {
        Type::TraitObject(object) => found(
            object,
            "an input is known by its type: write the type itself, or a `Box` of this inside a type of yours",
        ),
        Type::Slice(slice) => found(slice, format!("an input has a size: write `&Vec<{}>`", written(&slice.elem))),
        _ => None,
    }
}

/// Borrows and unnamed types anywhere within a type.
fn inner_fault(ty: &Type) -> Option<Fault> {
    find_part(ty, &|part| match part {
        Part::Reference(reference) => {
            let (borrow, elem) = (written(reference), written(&reference.elem));
            let advice = format!("an input cannot hold the borrow `{borrow}`: take `&{elem}` as an input of its own");
            found(reference, advice)
        }
        Part::Lifetime(lifetime) => {
            let advice = format!("an input borrows nothing: write `'static` for `{lifetime}`, or take an owned type");
            found(lifetime, advice)
        }
        Part::Unnamed(ty) => {
            found(ty, format!("an input is known by its type: write the type itself instead of `{}`", written(ty)))
        }
    })
}

fn found(place: impl ToTokens, advice: impl Into<String>) -> Option<Fault> {
    Some(Fault { place: place.to_token_stream(), advice: advice.into() })
}
