//! The rules of what stands around the functions of a trait.

use syn::{Attribute, Visibility};

use crate::errors::Errors;
use crate::model::is;
use crate::parse::{Header, written};

/// `noun` is what the trait becomes: a feature or a segment.
pub(super) fn header(noun: &str, header: &Header, errors: &mut Errors) {
    let Header { constness, unsafety, auto, generics, supertraits, where_clause, qualifiers } = header;
    if let Some(constness) = constness {
        errors.at(constness, format!("a {noun} is written as a plain trait: remove `const`"));
    }
    if let Some(unsafety) = unsafety {
        errors.at(unsafety, format!("a {noun} is written as a plain trait: remove `unsafe`"));
    }
    if let Some(auto) = auto {
        errors.at(auto, format!("a {noun} is written as a plain trait: remove `auto`"));
    }
    if !generics.params.is_empty() {
        let found = written(&generics.params);
        errors.at(generics, format!("a {noun} has no generics, all its types are known: remove `<{found}>`"));
    }
    if !supertraits.is_empty() {
        let found = written(supertraits);
        errors.at(supertraits, format!("a {noun} has no supertraits, since nothing implements it: remove `: {found}`"));
    }
    if let Some(where_clause) = where_clause {
        errors.at(where_clause, format!("a {noun} has no generics to bound: remove the `where` clause"));
    }
    for qualifier in qualifiers.iter().filter(|qualifier| !matches!(qualifier, Visibility::Inherited)) {
        let found = written(qualifier);
        errors.at(qualifier, format!("what a {noun} is made of stays behind its handle: remove `{found}`"));
    }
}

/// `#[default]` and `#[name]` are for implementations.
pub(super) fn misplaced_marks(attribute: &str, attrs: &[Attribute], errors: &mut Errors) {
    for attr in attrs {
        if is(attr, &["default"]) {
            errors.at(attr, "`#[default]` is for one of a feature's implementations: remove it here");
        }
        if is(attr, &["name"]) {
            let advice = format!("`#[name]` is for implementations: write `#[feats::{attribute}(name = \"…\")]`");
            errors.at(attr, advice);
        }
    }
}
