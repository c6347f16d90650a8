//! The rules of attributes that are not of feats: what they would do to a handle.

use syn::{Attribute, GenericParam, Path};

use crate::errors::Errors;
use crate::model::{derived, plain};
use crate::parse::{Function, written};

/// Attribute macros that take a trait apart, by their last names.
const FOR_TRAITS: [&str; 11] = [
    "async_trait",
    "auto_impl",
    "automock",
    "delegatable_trait",
    "double",
    "dynosaur",
    "enum_dispatch",
    "entrait",
    "make",
    "mry",
    "unimock",
];

/// What the handle of a feature implements by the names of the implementations.
const IMPLEMENTED: [&str; 5] = ["AsRef", "Deserialize", "Display", "FromStr", "Serialize"];

/// Attributes below that of feats are of the handle, and that is not a trait.
pub(super) fn for_traits(noun: &str, attrs: &[Attribute], errors: &mut Errors) {
    for attr in attrs {
        if let Some(last) = last_name(attr.path()).filter(|_| is_for_traits(attr)) {
            let (found, advice) = (written(attr.path()), advice(&last));
            errors.at(attr, format!("`#[{found}]` is for traits, and a {noun} is not a trait: remove it; {advice}"));
        }
    }
}

/// Whether the attribute is an attribute macro that takes a trait.
pub(crate) fn is_for_traits(attr: &Attribute) -> bool {
    last_name(attr.path()).is_some_and(|last| FOR_TRAITS.contains(&&*last))
}

/// Whether the function is what `#[async_trait]` makes of one.
pub(crate) fn is_rewritten(function: &Function) -> bool {
    let is_of_async_trait = |parameter: &GenericParam| matches!(parameter, GenericParam::Lifetime(lifetime) if lifetime.lifetime.ident == "async_trait");
    function.signature.generics.params.iter().any(is_of_async_trait)
}

/// Whether a derive is of a trait that the handle implements without one.
pub(crate) fn is_implemented(path: &Path) -> bool {
    last_name(path).is_some_and(|last| IMPLEMENTED.contains(&&*last))
}

fn last_name(path: &Path) -> Option<String> {
    path.segments.last().map(|segment| plain(&segment.ident))
}

/// Whether `#[async_trait]` above that of feats has taken the functions apart already. That is one mistake, and everything that
/// is found in its functions is a part of it.
pub(super) fn rewritten<'a>(functions: impl IntoIterator<Item = &'a Function>, errors: &mut Errors) -> bool {
    let Some(function) = functions.into_iter().find(|function| is_rewritten(function)) else { return false };
    let advice = "remove that attribute; `async fn` works by itself";
    errors.at(&function.signature.ident, format!("`#[async_trait]` has rewritten this function: {advice}"));
    true
}

/// A handle converts to and from the names of its implementations, and is derived no other way to do so.
pub(super) fn derives(attrs: &[Attribute], errors: &mut Errors) {
    for path in attrs.iter().flat_map(derived) {
        if let Some(last) = last_name(&path).filter(|_| is_implemented(&path)) {
            let advice = format!("remove `{}` from the derive", written(&path));
            errors.at(
                &path,
                format!("a handle implements `{last}` already, by the names of its implementations: {advice}"),
            );
        }
    }
}

fn advice(name: &str) -> &'static str {
    match name {
        "async_trait" | "make" | "dynosaur" => "`async fn` works by itself",
        "automock" | "double" | "mry" | "unimock" => "in a test, `feats::testing::with` chooses the implementation",
        _ => "the implementations are its functions",
    }
}
