//! The operators of conditions, and their spellings in other languages.

/// All operators, in lower case.
pub(super) const OPERATORS: [&str; 15] = [
    "=",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "in",
    "not in",
    "starts-with",
    "ends-with",
    "contains",
    "matches",
    "semver",
    "before",
    "after",
];

/// Returns the operator of this name. `_` is accepted in place of `-`.
pub(super) fn find(name: &str) -> Option<&'static str> {
    OPERATORS.into_iter().find(|known| *known == name.replace('_', "-"))
}

/// Returns the operator that corresponds to that of another language.
pub(super) fn likely(operator: &str) -> &str {
    let lower = operator.to_lowercase();
    match lower.as_str() {
        "==" | "===" | "is" | "eq" | "equals" | "equal" | ":" | ":=" => "=",
        "<>" | "!==" | "ne" | "isn't" | "~=" => "!=",
        "=<" | "lte" => "<=",
        "=>" | "gte" => ">=",
        "gt" => ">",
        "lt" => "<",
        "not" => "not in",
        "~" | "=~" | "like" | "regex" => "matches",
        lower => find(lower).unwrap_or(operator),
    }
}

/// Returns `true` if symbolic operators contain this character.
pub(super) fn is_symbol(c: char) -> bool {
    matches!(c, '=' | '!' | '<' | '>' | '~')
}
