//! Reading of flags: what Flypper accepts, and every problem of what it does not.

use super::flag::{Actors, Flag, PercentageOfActors};
use crate::error::{Problem, Problems, Result};
use crate::flags::ordered_json::{Fields, Json, Number, decode};

impl Flag {
    /// Parses the JSON text of a flag. Keys that Flypper does not know are ignored.
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid): the text is not JSON, has more than 4 MiB, or is not such a flag. All problems are
    /// listed, each with its path, such as `enabled_for_actors.actor_ids`.
    pub fn from_json(json: &str) -> Result<Self> {
        decode(json, flag)
    }
}

fn flag(json: &Json, problems: &mut Problems) -> Option<Flag> {
    let fields = Fields::new(json, String::new(), problems)?;
    let name = fields.text("name", problems);
    let is_deleted = fields.bool("deleted", problems);
    let is_enabled = fields.bool("enabled", problems);
    let actors = gate(&fields, "enabled_for_actors", problems, |gate, problems| {
        let (key, ids) = (gate.text("actor_key", problems), gate.list("actor_ids", problems));
        Some(Actors { key: key?, ids: ids?.to_vec() })
    });
    let percentage = gate(&fields, "enabled_for_percentage_of_actors", problems, |gate, problems| {
        let (key, percentage) = (gate.text("actor_key", problems), gate.number("percentage", problems));
        Some(PercentageOfActors { key: key?, percentage: percentage? })
    });
    let updated_at = fields.number("updated_at", problems);
    let version = fields.number("version", problems);
    if let Some(Number::Float(_)) = version {
        problems.push(|| Problem::new("version", "this must be an integer, not a float"));
    }
    Some(Flag {
        name: name?,
        is_deleted: is_deleted?,
        is_enabled: is_enabled?,
        actors: actors?,
        percentage: percentage?,
        updated_at: updated_at?,
        version: version?,
    })
}

/// Reads a gate, which is null for a flag without it.
fn gate<T>(
    fields: &Fields<'_>,
    key: &str,
    problems: &mut Problems,
    read: impl FnOnce(&Fields<'_>, &mut Problems) -> Option<T>,
) -> Option<Option<T>> {
    match fields.required(key, problems)? {
        Json::Null => Some(None),
        json => read(&Fields::new(json, fields.path_of(key), problems)?, problems).map(Some),
    }
}
