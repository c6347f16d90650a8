//! Names of identifiers for operators, and as variants.

use syn::Ident;
use syn::ext::IdentExt;

/// Returns the name of an identifier: `type` for `r#type`.
pub(crate) fn plain(ident: &Ident) -> String {
    ident.unraw().to_string()
}

/// Returns the variant for a function; `None` if that is not a valid identifier.
pub(crate) fn variant(function: &Ident) -> Option<Ident> {
    let mut variant = syn::parse_str::<Ident>(&camel_case(&plain(function))).ok()?;
    variant.set_span(function.span());
    Some(variant)
}

/// Converts `two_priorities` to `TwoPriorities`.
pub(crate) fn camel_case(name: &str) -> String {
    name.split('_').map(capitalized).collect()
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
