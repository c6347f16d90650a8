//! Rules for the arguments of attributes.

use syn::LitStr;

use super::names;
use crate::errors::Errors;
use crate::parse::Settings;

/// The kinds of features, as written in an attribute.
const KINDS: [&str; 4] = ["release", "experiment", "ops", "permission"];

pub(super) fn settings(settings: &Settings, errors: &mut Errors) {
    if let Some(name) = &settings.name {
        names::name(&name.value(), name, errors);
    }
    if let Some(kind) = settings.kind.as_ref().filter(|kind| !KINDS.iter().any(|known| *kind == known)) {
        errors.at(kind, format!("unknown kind `{kind}`: write one of {}", alternatives()));
    }
    if let Some(owner) = settings.owner.as_ref().filter(|owner| owner.value().trim().is_empty()) {
        errors.at(owner, "the owner cannot be empty: write a team or a person, or remove `owner`");
    }
    if let Some(expires) = &settings.expires {
        date(expires, errors);
    }
}

fn alternatives() -> String {
    KINDS.map(|kind| format!("`kind = {kind}`")).join(", ")
}

fn date(expires: &LitStr, errors: &mut Errors) {
    let text = expires.value();
    match parse_date(&text) {
        None => {
            errors.at(expires, format!("{text:?} is not a date: write year, month and day, such as \"2027-01-31\""));
        }
        Some((year, month, day)) if !exists(year, month, day) => {
            errors
                .at(expires, format!("{text:?} is not a valid date: write a day that exists, such as \"2027-01-31\""));
        }
        Some(_) => {}
    }
}

/// Parses the numbers of `YYYY-MM-DD`.
fn parse_date(text: &str) -> Option<(u32, u32, u32)> {
    let mut parts = text.split('-');
    let mut number = |digits: usize| {
        let part =
            parts.next().filter(|part| part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit()))?;
        part.parse().ok()
    };
    let date = (number(4)?, number(2)?, number(2)?);
    parts.next().is_none().then_some(date)
}

fn exists(year: u32, month: u32, day: u32) -> bool {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    };
    (1..=days).contains(&day)
}
