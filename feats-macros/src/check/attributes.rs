//! Rules for attributes of other crates, and their effect on a handle.

use syn::{Attribute, GenericParam, Path};

use crate::errors::Errors;
use crate::model::{derived, plain};
use crate::parse::{Function, written};

/// Attribute macros that apply to traits, by the last segments of their paths.
const TRAIT_ATTRIBUTES: [&str; 11] = [
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

/// The traits that the handle of a feature implements with the names of the implementations.
const IMPLEMENTED_TRAITS: [&str; 5] = ["AsRef", "Deserialize", "Display", "FromStr", "Serialize"];

/// Attributes below `#[feats::…]` apply to the handle, which is not a trait.
pub(super) fn for_traits(noun: &str, attrs: &[Attribute], errors: &mut Errors) {
    for attr in attrs {
        if let Some(last) = last_name(attr.path()).filter(|_| is_for_traits(attr)) {
            let (found, advice) = (written(attr.path()), advice(&last));
            errors
                .at(attr, format!("`#[{found}]` applies to traits, but a {noun} is not a trait: remove it; {advice}"));
        }
    }
}

/// Returns `true` if the attribute is a macro that applies to traits.
pub(crate) fn is_for_traits(attr: &Attribute) -> bool {
    last_name(attr.path()).is_some_and(|last| TRAIT_ATTRIBUTES.contains(&&*last))
}

/// Returns `true` if `#[async_trait]` has rewritten the function.
pub(crate) fn is_rewritten(function: &Function) -> bool {
    let is_async_trait = |parameter: &GenericParam| matches!(parameter, GenericParam::Lifetime(lifetime) if lifetime.lifetime.ident == "async_trait");
    function.signature.generics.params.iter().any(is_async_trait)
}

/// Returns `true` if the handle implements the derived trait already.
pub(crate) fn is_implemented(path: &Path) -> bool {
    last_name(path).is_some_and(|last| IMPLEMENTED_TRAITS.contains(&&*last))
}

fn last_name(path: &Path) -> Option<String> {
    path.segments.last().map(|segment| plain(&segment.ident))
}

/// Reports functions that `#[async_trait]` above `#[feats::…]` has rewritten. Returns `true` if there are any: all other
/// mistakes in such functions follow from this one.
pub(super) fn rewritten<'a>(functions: impl IntoIterator<Item = &'a Function>, errors: &mut Errors) -> bool {
    let Some(function) = functions.into_iter().find(|function| is_rewritten(function)) else { return false };
    let advice = "remove `#[async_trait]`; `async fn` is supported directly";
    errors.at(&function.signature.ident, format!("`#[async_trait]` has rewritten this function: {advice}"));
    true
}

/// A handle converts to and from the names of its implementations, so these traits cannot be derived.
pub(super) fn derives(attrs: &[Attribute], errors: &mut Errors) {
    for path in attrs.iter().flat_map(derived) {
        if let Some(last) = last_name(&path).filter(|_| is_implemented(&path)) {
            let advice = format!("remove `{}` from the derive", written(&path));
            errors.at(
                &path,
                format!("a handle implements `{last}` already, with the names of its implementations: {advice}"),
            );
        }
    }
}

fn advice(name: &str) -> &'static str {
    match name {
        "async_trait" | "make" | "dynosaur" => "`async fn` is supported directly",
        "automock" | "double" | "mry" | "unimock" => {
            "to choose the implementation in a test, use `feats::testing::with`"
        }
        _ => "its functions are the implementations",
    }
}
