//! Names: what an identifier is called by operators, and which variant it becomes.

use syn::Ident;
use syn::ext::IdentExt;

/// The name of an identifier: `type` for `r#type`.
pub(crate) fn plain(ident: &Ident) -> String {
    ident.unraw().to_string()
}

/// The variant for a function. None where Rust allows no such name.
pub(crate) fn variant(function: &Ident) -> Option<Ident> {
    let mut variant = syn::parse_str::<Ident>(&camel_case(&plain(function))).ok()?;
    variant.set_span(function.span());
    Some(variant)
}

/// `TwoPriorities` for `two_priorities`.
pub(crate) fn camel_case(name: &str) -> String {
    name.split('_').map(capitalized).collect()
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
