//! Rules for the header of a trait and the visibility of its members.

use syn::{Attribute, Visibility};

use crate::errors::Errors;
use crate::model::is;
use crate::parse::{Header, written};

/// Checks the header of a trait. `noun` is what the trait declares: a feature or a segment.
pub(super) fn header(noun: &str, header: &Header, errors: &mut Errors) {
    let Header { constness, unsafety, auto, generics, supertraits, where_clause, qualifiers } = header;
    if let Some(constness) = constness {
        errors.at(constness, format!("a {noun} is declared as a plain trait: remove `const`"));
    }
    if let Some(unsafety) = unsafety {
        errors.at(unsafety, format!("a {noun} is declared as a plain trait: remove `unsafe`"));
    }
    if let Some(auto) = auto {
        errors.at(auto, format!("a {noun} is declared as a plain trait: remove `auto`"));
    }
    if !generics.params.is_empty() {
        let found = written(&generics.params);
        errors.at(generics, format!("a {noun} cannot be generic, because its types must be known: remove `<{found}>`"));
    }
    if !supertraits.is_empty() {
        let found = written(supertraits);
        errors.at(
            supertraits,
            format!("a {noun} cannot have supertraits, because no type implements it: remove `: {found}`"),
        );
    }
    if let Some(where_clause) = where_clause {
        errors.at(where_clause, format!("a {noun} cannot have a `where` clause: remove it"));
    }
    for qualifier in qualifiers.iter().filter(|qualifier| !matches!(qualifier, Visibility::Inherited)) {
        let found = written(qualifier);
        errors.at(qualifier, format!("the members of a {noun} are private: remove `{found}`"));
    }
}

/// `#[default]` and `#[name]` apply to implementations.
pub(super) fn misplaced_marks(attribute: &str, attrs: &[Attribute], errors: &mut Errors) {
    for attr in attrs {
        if is(attr, &["default"]) {
            errors.at(attr, "`#[default]` applies to an implementation of a feature: remove it here");
        }
        if is(attr, &["name"]) {
            let advice = format!("`#[name]` applies to implementations: write `#[feats::{attribute}(name = \"…\")]`");
            errors.at(attr, advice);
        }
    }
}
