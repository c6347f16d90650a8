//! The rules of names.

use quote::ToTokens;
use syn::Ident;

use crate::errors::Errors;
use crate::model::{Feature, Implementation, camel_case, name_of, plain, variant};

/// The functions of a feature's handle.
const FEATURE_FUNCTIONS: [&str; 8] = [
    "create",
    "create_async",
    "find_implementation",
    "find_implementation_async",
    "used_implementation",
    "explain",
    "is_enabled",
    "is_enabled_async",
];

/// The functions of a segment's handle, whatever its type.
pub(crate) const SEGMENT_FUNCTIONS: [&str; 15] = [
    "is",
    "is_not",
    "is_in",
    "not_in",
    "gt",
    "gte",
    "lt",
    "lte",
    "starts_with",
    "ends_with",
    "contains",
    "matches",
    "semver",
    "before",
    "after",
];

/// The constants of a feature's handle.
const FEATURE_CONSTANTS: [&str; 3] = ["ALL", "DEFAULT", "NAME"];

/// The longest name, in characters.
const LONGEST: usize = 200;

/// A name that operators see.
pub(super) fn name(text: &str, place: impl ToTokens, errors: &mut Errors) {
    if text.is_empty() {
        errors.at(place, "a name cannot be empty: write how operators shall call this");
    } else if text.chars().count() > LONGEST {
        errors.at(place, format!("a name has at most {LONGEST} characters, and this has {}", text.chars().count()));
    } else if let Some(control) = text.chars().find(|letter| letter.is_control()) {
        errors.at(place, format!("a name has no control characters, and this has {control:?}: remove it"));
    }
}

/// The attributes `#[name = "…"]` of an implementation.
pub(super) fn name_attributes(implementation: &Implementation, errors: &mut Errors) {
    for attr in implementation.names().skip(1) {
        errors.at(attr, format!("`{}` has a name already: remove this one", implementation.name));
    }
    for attr in implementation.names() {
        match name_of(attr) {
            Some(text) => name(&text.value(), text, errors),
            None => errors.at(attr, "`#[name]` says how operators call this: write `#[name = \"…\"]`"),
        }
    }
    if let Some(function) = implementation.function().filter(|_| implementation.names().next().is_none()) {
        name(&implementation.name, &function.signature.ident, errors);
    }
}

/// Functions become variants, and stay functions beside those of the handle.
pub(super) fn variants(feature: &Feature, errors: &mut Errors) {
    for (position, implementation) in feature.implementations.iter().enumerate() {
        let Some(function) = implementation.function() else { continue };
        function_name(&function.signature.ident, &FEATURE_FUNCTIONS, errors);
        variant_name(&function.signature.ident, errors);
        let before = feature.implementations.iter().take(position);
        for other in before.filter(|other| !alternate(other, implementation)) {
            distinct(implementation, other, &function.signature.ident, errors);
        }
    }
}

/// The function of a handle that is made by the user stays beside those of every such handle.
pub(super) fn function_name(ident: &Ident, of_handle: &[&str], errors: &mut Errors) {
    let name = plain(ident);
    if of_handle.contains(&&*name) {
        errors.at(ident, format!("`{name}` is a function of every handle: rename this one"));
    } else if name.starts_with("__") {
        let advice = format!("rename `{name}`");
        errors.at(ident, format!("names with two underscores in front are for what the macro generates: {advice}"));
    }
}

fn variant_name(ident: &Ident, errors: &mut Errors) {
    let name = plain(ident);
    match variant(ident) {
        None => {
            let (camel, keep) = (camel_case(&name), format!("`#[name = \"{name}\"]` keeps its name"));
            errors.at(ident, format!("`{name}` cannot become the variant `{camel}`: rename it, and {keep}"));
        }
        Some(variant) if variant == name => {
            let advice = "begin the function with a small letter";
            errors.at(ident, format!("`{name}` would also be the name of its variant: {advice}"));
        }
        Some(variant) if FEATURE_CONSTANTS.iter().any(|constant| variant == constant) => {
            let advice = format!("rename it, and `#[name = \"{name}\"]` keeps its name");
            errors.at(ident, format!("`{name}` would become `{variant}`, which every handle has already: {advice}"));
        }
        Some(_) => {}
    }
}

/// Whether two implementations of one name stand for each other: `#[cfg(unix)] fn fast`, `#[cfg(windows)] fn fast`.
fn alternate(a: &Implementation, b: &Implementation) -> bool {
    a.variant == b.variant && !a.cfgs.is_empty() && !b.cfgs.is_empty()
}

/// Two implementations differ in their functions, their variants and their names.
fn distinct(implementation: &Implementation, other: &Implementation, ident: &Ident, errors: &mut Errors) {
    let (name, variant) = (plain(ident), &implementation.variant);
    let Some(other_name) = other.function().map(|function| plain(&function.signature.ident)) else { return };
    if name == other_name {
        errors.at(ident, format!("there are two functions `{name}`: rename one"));
    } else if *variant == other.variant {
        let advice = format!("rename one, and `#[name = \"{name}\"]` keeps its name");
        errors.at(ident, format!("`{name}` and `{other_name}` would both be the variant `{variant}`: {advice}"));
    } else if implementation.name == other.name {
        let advice = format!("the name \"{}\" is taken by `{}`: choose another", other.name, other.variant);
        match implementation.names().next() {
            Some(attr) => errors.at(attr, advice),
            None => errors.at(ident, advice),
        }
    }
}
