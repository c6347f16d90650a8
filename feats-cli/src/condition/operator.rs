//! Operators as typed, and what other languages call them.

/// Every operator. Words are in small letters.
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

/// The operator of this name; `_` stands for `-`.
pub(super) fn find(name: &str) -> Option<&'static str> {
    OPERATORS.into_iter().find(|known| *known == name.replace('_', "-"))
}

/// What another language's operator is called here.
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

/// Whether operators are made of this character.
pub(super) fn is_symbol(c: char) -> bool {
    matches!(c, '=' | '!' | '<' | '>' | '~')
}
