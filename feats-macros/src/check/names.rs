//! Rules for names.

use quote::ToTokens;
use syn::Ident;

use crate::errors::Errors;
use crate::model::{Feature, Implementation, camel_case, name_of, plain, variant};

/// The generated functions of a feature's handle.
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

/// The generated functions of a segment's handle, of any type of value.
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

/// The generated constants of a feature's handle.
const FEATURE_CONSTANTS: [&str; 3] = ["ALL", "DEFAULT", "NAME"];

/// The maximum length of a name, in characters.
const MAX_NAME_CHARS: usize = 200;

/// Checks a name that operators see.
pub(super) fn name(text: &str, place: impl ToTokens, errors: &mut Errors) {
    if text.is_empty() {
        errors.at(place, "a name cannot be empty: write the name that operators use");
    } else if text.chars().count() > MAX_NAME_CHARS {
        errors.at(
            place,
            format!("a name can have at most {MAX_NAME_CHARS} characters; this one has {}", text.chars().count()),
        );
    } else if let Some(control) = text.chars().find(|letter| letter.is_control()) {
        errors.at(place, format!("a name cannot contain control characters: remove {control:?}"));
    } else if text.trim().is_empty() {
        errors.at(place, "a name needs a visible character: write the name that operators use");
    } else if let Some(invisible) = invisible(text) {
        let found = invisible.escape_unicode();
        errors.at(place, format!("a name cannot contain invisible characters: remove `{found}`"));
    }
}

/// Returns the first character that operators cannot see, by the rules of `feats::text::check_name`.
fn invisible(text: &str) -> Option<char> {
    let mut before = None;
    text.chars().find(|letter| {
        // A variation selector is visible after a symbol: ⚠️.
        let is_selector = matches!(letter, '\u{fe00}'..='\u{fe0f}');
        let is_after_symbol = matches!(before, Some('©' | '®' | '\u{203c}'..='\u{3299}' | '\u{1f000}'..='\u{1faff}'));
        before = Some(*letter);
        is_invisible(*letter) || is_selector && !is_after_symbol
    })
}

/// Returns `true` if a character is invisible wherever it is. Control characters are not included.
fn is_invisible(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Checks the attributes `#[name = "…"]` of an implementation.
pub(super) fn name_attributes(implementation: &Implementation, errors: &mut Errors) {
    for attr in implementation.names().skip(1) {
        errors.at(attr, format!("`{}` already has a name: remove this one", implementation.name));
    }
    for attr in implementation.names() {
        match name_of(attr) {
            Some(text) => name(&text.value(), text, errors),
            None => errors.at(attr, "`#[name]` needs a value: write `#[name = \"…\"]`"),
        }
    }
    if let Some(function) = implementation.function().filter(|_| implementation.names().next().is_none()) {
        name(&implementation.name, &function.signature.ident, errors);
    }
}

/// Checks that the functions can become variants, and do not clash with the functions of the handle.
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

/// Checks that a function of the user does not clash with the generated functions of the handle.
pub(super) fn function_name(ident: &Ident, generated: &[&str], errors: &mut Errors) {
    let name = plain(ident);
    if generated.contains(&&*name) {
        errors.at(ident, format!("every handle has a function `{name}`: rename this one"));
    } else if name.starts_with("__") {
        let advice = format!("rename `{name}`");
        errors.at(ident, format!("names that start with two underscores are reserved for generated code: {advice}"));
    }
}

fn variant_name(ident: &Ident, errors: &mut Errors) {
    let name = plain(ident);
    match variant(ident) {
        None => {
            let (camel, keep) =
                (camel_case(&name), format!("add `#[name = \"{name}\"]` to keep its name for operators"));
            errors.at(ident, format!("`{name}` cannot become the variant `{camel}`: rename the function, and {keep}"));
        }
        Some(variant) if variant == name => {
            let advice = "start the name of the function with a lowercase letter";
            errors.at(ident, format!("`{name}` is also the name of its variant: {advice}"));
        }
        Some(variant) if FEATURE_CONSTANTS.iter().any(|constant| variant == constant) => {
            let advice = format!("rename the function, and add `#[name = \"{name}\"]` to keep its name for operators");
            errors.at(ident, format!("`{name}` would become the variant `{variant}`, but every handle has a constant of that name: {advice}"));
        }
        Some(_) => {}
    }
}

/// Returns `true` if two implementations of the same name are alternatives: `#[cfg(unix)] fn fast`, `#[cfg(windows)] fn fast`.
fn alternate(a: &Implementation, b: &Implementation) -> bool {
    a.variant == b.variant && !a.cfgs.is_empty() && !b.cfgs.is_empty()
}

/// Checks that two implementations differ in their functions, their variants and their names.
fn distinct(implementation: &Implementation, other: &Implementation, ident: &Ident, errors: &mut Errors) {
    let (name, variant) = (plain(ident), &implementation.variant);
    let Some(other_name) = other.function().map(|function| plain(&function.signature.ident)) else { return };
    if name == other_name {
        errors.at(ident, format!("there is another function `{name}`: rename one of them"));
    } else if *variant == other.variant {
        let advice = format!("rename one of them, and add `#[name = \"{name}\"]` to keep its name for operators");
        errors.at(ident, format!("`{name}` and `{other_name}` would both become the variant `{variant}`: {advice}"));
    } else if implementation.name == other.name {
        let advice = format!("the name \"{}\" is already used by `{}`: choose another one", other.name, other.variant);
        match implementation.names().next() {
            Some(attr) => errors.at(attr, advice),
            None => errors.at(ident, advice),
        }
    }
}

#[cfg(test)]
mod tests {
    use feats as library;

    use super::*;

    #[test]
    fn a_name_is_refused_exactly_if_an_app_refuses_it() {
        let is_refused = |text: &str| {
            let mut errors = Errors::default();
            name(text, proc_macro2::TokenStream::new(), &mut errors);
            !errors.is_empty()
        };
        let after_a_letter = (char::MIN..=char::MAX).map(|letter| format!("a{letter}"));
        let symbols = ('\0'..='\u{33ff}').chain('\u{1ef00}'..='\u{1fbff}');
        let before_a_selector = symbols.flat_map(|symbol| [format!(" {symbol} "), format!("{symbol}\u{fe0f}")]);
        let lengths = [String::new(), "é".repeat(MAX_NAME_CHARS), "é".repeat(MAX_NAME_CHARS + 1)];
        for text in after_a_letter.chain(before_a_selector).chain(lengths) {
            assert_eq!(is_refused(&text), library::text::check_name(&text).is_err(), "{text:?}");
        }
    }
}
