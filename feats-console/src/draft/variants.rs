//! The variants of a flag in a draft: named JSON values.

use feats::model::{DISABLED, ENABLED, Selector, State, StrictJson};
use feats::text::check_name;
use serde_json::Value as Json;

use crate::fields::Fields;

/// The fields of one variant.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct VariantForm {
    /// The name of the variant that is edited, or empty for a new one.
    pub(crate) of: String,
    pub(crate) name: String,
    /// The value as typed.
    pub(crate) json: String,
    pub(crate) name_error: Option<String>,
    pub(crate) json_error: Option<String>,
}

impl VariantForm {
    pub(crate) fn parse(fields: &Fields) -> Self {
        let field = |name: &str| fields.get(name).to_owned();
        Self { of: field("v.of"), name: field("v.name"), json: field("v.json"), ..Self::default() }
    }

    /// Creates the form of a variant.
    pub(crate) fn of(state: &State, name: &str) -> Option<Self> {
        let value = state.values.get(name)?;
        let json = serde_json::to_string_pretty(value).unwrap_or_default();
        Some(Self { of: name.to_owned(), name: name.to_owned(), json, ..Self::default() })
    }

    /// Writes the variant to a state and returns what happened, or stores the errors of the fields.
    pub(crate) fn apply(&mut self, state: &mut State) -> Option<String> {
        let name = self.checked_name(state).map_err(|message| self.name_error = Some(message)).ok();
        let value = self.value().map_err(|message| self.json_error = Some(message)).ok();
        let (name, value) = (name?, value?);
        let before = state.values.remove(&self.of);
        let notice = match &before {
            Some(_) if name != self.of => {
                state.rename_choice(&self.of, &name);
                format!("{} is now named {name} in the draft.", self.of)
            }
            Some(_) => format!("{name} has a new value in the draft."),
            None if state.values.is_empty() => {
                state.replace_enabled(&name);
                format!("{name} replaces enabled in the draft.")
            }
            None => format!("{name} added to the draft."),
        };
        // A value that is only formatted in another way stays as it is.
        let value = before.filter(|before| *before == value).unwrap_or(value);
        state.values.insert(name, value);
        *self = Self::default();
        Some(notice)
    }

    fn checked_name(&self, state: &State) -> Result<String, String> {
        let name = if self.name == self.of { self.name.as_str() } else { self.name.trim() };
        check_name(name)?;
        if name == self.of {
            return Ok(name.to_owned());
        }
        if name == DISABLED {
            return Err("“disabled” is what a disabled flag serves; choose another name".to_owned());
        }
        if state.values.contains_key(name) {
            return Err("another variant has this name".to_owned());
        }
        let pinned = if self.of.is_empty() && state.values.is_empty() { ENABLED } else { &self.of };
        match state.pinned.as_deref() == Some(pinned) {
            true => Err(format!("everyone is pinned to {pinned}; unpin first")),
            false => Ok(name.to_owned()),
        }
    }

    fn value(&self) -> Result<Json, String> {
        match serde_json::from_str::<StrictJson>(&self.json) {
            Ok(value) => Ok(value.0),
            Err(_) if self.json.trim().is_empty() => Err("Enter a JSON value, such as \"text\", 42 or {}".to_owned()),
            Err(error) => Err(format!("not JSON: {error}")),
        }
    }
}

/// Removes a variant that nothing serves. Removing the last one makes the flag one that is enabled or disabled.
pub(crate) fn remove(state: &mut State, name: &str) -> Result<String, String> {
    let is_last = state.values.len() == 1;
    let serving = parts_serving(state, name);
    if !serving.is_empty() && (!is_last || state.pinned.as_deref() == Some(name)) {
        return Err(format!("{name} is still served by {}. Change that first.", serving.join(", ")));
    }
    if state.values.remove(name).is_none() {
        return Err(format!("There is no variant {name}."));
    }
    Ok(match is_last {
        true => {
            state.rename_choice(name, ENABLED);
            format!("{name} removed from the draft; the flag serves enabled instead.")
        }
        false => format!("{name} removed from the draft."),
    })
}

/// Returns the parts of a state that serve a choice, as described to people.
fn parts_serving(state: &State, choice: &str) -> Vec<String> {
    let mut parts = Vec::new();
    if state.pinned.as_deref() == Some(choice) {
        parts.push("the pin".to_owned());
    }
    if state.overrides.iter().any(|known| known.choice == choice) {
        parts.push("overrides".to_owned());
    }
    let serves = |selector: &Selector| selector.choices().any(|known| known == choice);
    parts.extend(state.rules.iter().filter(|rule| serves(&rule.select)).map(|rule| format!("the rule {}", rule.name)));
    if state.otherwise.as_ref().is_some_and(serves) {
        parts.push("everyone else".to_owned());
    }
    parts
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn theme() -> State {
        State::from_json(&json!({
            "overrides": [{ "segment": "user", "values": [1], "use": "dark" }],
            "rules": [{ "name": "conditions", "select": { "gate": { "conditions": [{ "segment": "beta", "eq": true }],
                "pass": "dark", "fail": "disabled" } } }],
            "otherwise": { "rollout": { "by": "user", "weights": { "light": 90, "dark": 10 },
                "slots": [["light", 900_000, 1], ["dark", 100_000, 1]],
                "ramp": { "start": "2026-12-01T09:00:00Z", "duration": "1h", "from": { "dark": 100 } } } },
            "values": { "light": 1, "dark": 2 },
        }))
    }

    fn form(of: &str, name: &str, json: &str) -> VariantForm {
        VariantForm { of: of.to_owned(), name: name.to_owned(), json: json.to_owned(), ..VariantForm::default() }
    }

    #[test]
    fn a_renamed_variant_is_served_where_it_was() {
        let mut state = theme();
        assert!(form("dark", "night", "2").apply(&mut state).is_some());
        let renamed = theme().to_json().to_string().replace("dark", "night");
        assert_eq!(state, renamed.parse().expect("a state"));
    }

    #[test]
    fn the_first_variant_replaces_enabled_and_the_last_one_is_replaced_by_it() {
        let plain = State::from_json(&json!({ "otherwise": { "static": "enabled" } }));
        let mut state = plain.clone();
        form("", "light", "{}").apply(&mut state);
        let expected = json!({ "otherwise": { "static": "light" }, "values": { "light": {} } });
        assert_eq!(state, State::from_json(&expected));
        assert!(remove(&mut state, "light").is_ok());
        assert_eq!(state, plain);
    }

    #[test]
    fn a_variant_that_is_served_is_not_removed() {
        let mut state = theme();
        let error = remove(&mut state, "dark").expect_err("it is served");
        assert_eq!(error, "dark is still served by overrides, the rule conditions, everyone else. Change that first.");
        assert_eq!(state, theme());
    }

    #[test]
    fn errors_belong_to_their_fields() {
        let mut state = theme();
        let mut wrong = form("", "light", "{\"a\": 1, \"a\": 2}");
        assert_eq!(wrong.apply(&mut state), None);
        assert_eq!(wrong.name_error.as_deref(), Some("another variant has this name"));
        assert!(
            wrong.json_error.as_deref().is_some_and(|error| error.starts_with("not JSON: ") && error.contains("\"a\""))
        );
        for (name, json) in [("disabled", "1"), ("", "1"), ("new", "")] {
            assert_eq!(form("", name, json).apply(&mut state), None, "{name}");
        }
        assert_eq!(state, theme());
        let mut pinned = theme();
        pinned.pinned = Some("dark".to_owned());
        assert_eq!(form("dark", "night", "2").apply(&mut pinned), None);
    }
}
