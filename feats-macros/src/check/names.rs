//! The rules of names.

use quote::ToTokens;

use crate::errors::Errors;
use crate::model::{Feature, Implementation, name_of, plain, variant};

/// The functions of a feature's handle.
const OF_FEATURES: [&str; 8] = [
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
const OF_SEGMENTS: [&str; 15] = [
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
        let (ident, name) = (&function.signature.ident, plain(&function.signature.ident));
        if is_taken(&name, &OF_FEATURES) {
            errors.at(ident, taken(&name));
        }
        match variant(ident) {
            None => errors.at(
                ident,
                format!("`{name}` cannot become a variant: rename it, and `#[name = \"{name}\"]` keeps its name"),
            ),
            Some(variant) if variant == name => errors.at(
                ident,
                format!("`{name}` would also be the name of its variant: begin the function with a small letter"),
            ),
            Some(_) => {}
        }
        let before = || feature.implementations.iter().take(position);
        if let Some(other) =
            before().find(|other| other.variant == implementation.variant && !alternate(other, implementation))
        {
            collide(implementation, other, errors);
        }
        if let Some(other) =
            before().find(|other| other.name == implementation.name && other.variant != implementation.variant)
        {
            let place =
                implementation.names().next().map_or_else(|| ident.to_token_stream(), ToTokens::to_token_stream);
            let variant = &other.variant;
            errors.at(place, format!("the name \"{}\" is taken by `{variant}`: choose another", other.name));
        }
    }
}

/// The functions of a segment stay functions beside those of the handle.
pub(super) fn segment_function(name: &syn::Ident, errors: &mut Errors) {
    if is_taken(&plain(name), &OF_SEGMENTS) {
        errors.at(name, taken(&plain(name)));
    }
}

fn is_taken(name: &str, by_handle: &[&str]) -> bool {
    by_handle.contains(&name) || name.starts_with("__")
}

fn taken(name: &str) -> String {
    if name.starts_with("__") {
        format!("names with two underscores in front are for what the macro generates: rename `{name}`")
    } else {
        format!("`{name}` is a function of every handle: rename this one")
    }
}

/// Whether two implementations of one name stand for each other: `#[cfg(unix)] fn fast`, `#[cfg(windows)] fn fast`.
fn alternate(a: &Implementation, b: &Implementation) -> bool {
    a.variant == b.variant && !a.cfgs.is_empty() && !b.cfgs.is_empty()
}

fn collide(implementation: &Implementation, other: &Implementation, errors: &mut Errors) {
    let (Some(function), Some(other)) = (implementation.function(), other.function()) else { return };
    let (ident, name) = (&function.signature.ident, plain(&function.signature.ident));
    let (other, variant) = (plain(&other.signature.ident), &implementation.variant);
    if name == other {
        errors.at(ident, format!("there are two functions `{name}`: rename one"));
    } else {
        let keep = format!("`#[name = \"{name}\"]` keeps its name");
        errors
            .at(ident, format!("`{name}` and `{other}` would both be the variant `{variant}`: rename one, and {keep}"));
    }
}
