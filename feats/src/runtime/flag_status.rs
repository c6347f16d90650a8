//! The status of a flag, read from a stored revision without parsing the rest.

use serde::Deserialize;
use serde_json::value::RawValue;

/// The status of a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum FlagStatus {
    /// The state is not that of a flag, or there is none.
    #[default]
    NotAFlag,
    Active,
    Archived,
}

/// The JSON key of the part that makes a state that of a flag, with its quotes.
const FLAG_KEY: &str = "\"flag\"";

#[derive(Deserialize)]
struct Revision {
    state: Option<State>,
}

#[derive(Deserialize)]
struct State {
    flag: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
struct Flag {
    #[serde(default)]
    archived: bool,
}

impl FlagStatus {
    /// Reads the status from the bytes of a revision.
    pub(crate) fn read(bytes: &[u8]) -> Self {
        // A cheap check first: most revisions of large programs are not those of flags.
        if !std::str::from_utf8(bytes).is_ok_and(|text| text.contains(FLAG_KEY)) {
            return Self::NotAFlag;
        }
        let revision: Option<Revision> = serde_json::from_slice(bytes).ok();
        let Some(flag) = revision.and_then(|revision| revision.state?.flag) else { return Self::NotAFlag };
        // A flag that cannot be read is a flag, too: it is quarantined, and can be replaced.
        match serde_json::from_str(flag.get()) {
            Ok(Flag { archived: true }) => Self::Archived,
            Ok(Flag { archived: false }) | Err(_) => Self::Active,
        }
    }

    /// Returns `true` if there is a flag, archived or not.
    pub(crate) fn is_flag(self) -> bool {
        self != Self::NotAFlag
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_with_a_flag_is_one_even_if_it_cannot_be_read() {
        for (revision, status) in [
            (r#"{"state":{"pinned":null,"flag":{"enabled":true}}}"#, FlagStatus::Active),
            (r#"{"state":{"flag":{"enabled":true,"archived":true}}}"#, FlagStatus::Archived),
            (r#"{"state":{"flag":{"archived":"yes"}}}"#, FlagStatus::Active),
            (r#"{"state":{"flag":true}}"#, FlagStatus::Active),
            (r#"{"state":{"flag":null}}"#, FlagStatus::NotAFlag),
            (r#"{"state":{"pinned":"flag","values":{"flag":1}}}"#, FlagStatus::NotAFlag),
            (r#"{"comment":"\"flag\"","state":null}"#, FlagStatus::NotAFlag),
            ("{", FlagStatus::NotAFlag),
        ] {
            assert_eq!(FlagStatus::read(revision.as_bytes()), status, "{revision}");
        }
    }
}
