//! Recent subjects of the explain page: kept in memory, as entered, and visible only to the user who entered them.

use std::collections::VecDeque;
use std::sync::Mutex;

/// The most subjects per user and feature.
const MAX_SUBJECTS: usize = 10;
/// The most features, for all users together.
const MAX_FEATURES: usize = 100;
/// The longest address of a recorded subject, in bytes.
const MAX_ADDRESS_BYTES: usize = 1_024;

/// The most recent subjects.
#[derive(Default)]
pub(crate) struct Recent(Mutex<VecDeque<Feature>>);

struct Feature {
    /// The user who entered the subjects.
    actor: String,
    name: String,
    /// Address and text of each subject, newest first.
    subjects: VecDeque<(String, String)>,
}

impl Recent {
    /// Records a subject, as its address and its text.
    pub(crate) fn record(&self, actor: &str, feature: &str, address: String, text: String) {
        if address.len() > MAX_ADDRESS_BYTES {
            return;
        }
        let Ok(mut features) = self.0.lock() else { return };
        let entry = features.iter().position(|entry| entry.is(actor, feature)).and_then(|index| features.remove(index));
        let mut entry = entry.unwrap_or_else(|| Feature::new(actor, feature));
        entry.subjects.retain(|(kept, _)| *kept != address);
        entry.subjects.push_front((address, text));
        entry.subjects.truncate(MAX_SUBJECTS);
        features.push_front(entry);
        features.truncate(MAX_FEATURES);
    }

    /// Returns the addresses and texts of a user's subjects of a feature, newest first.
    pub(crate) fn subjects(&self, actor: &str, feature: &str) -> Vec<(String, String)> {
        let Ok(features) = self.0.lock() else { return Vec::new() };
        let entry = features.iter().find(|entry| entry.is(actor, feature));
        entry.map(|entry| entry.subjects.iter().cloned().collect()).unwrap_or_default()
    }

    /// Returns the features for which a user entered subjects, newest first.
    pub(crate) fn features(&self, actor: &str) -> Vec<String> {
        let Ok(features) = self.0.lock() else { return Vec::new() };
        features
            .iter()
            .filter(|entry| entry.actor == actor)
            .take(MAX_SUBJECTS)
            .map(|entry| entry.name.clone())
            .collect()
    }
}

impl Feature {
    fn new(actor: &str, name: &str) -> Self {
        Self { actor: actor.to_owned(), name: name.to_owned(), subjects: VecDeque::new() }
    }

    fn is(&self, actor: &str, name: &str) -> bool {
        self.actor == actor && self.name == name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_are_unique_and_newest_first() {
        let recent = Recent::default();
        for id in [1, 2, 1] {
            recent.record("ada", "Fee", format!("explain?s.UserId={id}"), format!("UserId {id}"));
        }
        let text: Vec<_> = recent.subjects("ada", "Fee").into_iter().map(|(_, text)| text).collect();
        assert_eq!(text, ["UserId 1", "UserId 2"]);
        assert_eq!(recent.subjects("ada", "Other"), []);
    }

    #[test]
    fn memory_is_bounded() {
        let recent = Recent::default();
        for id in 0..1_000 {
            recent.record("ada", "Fee", format!("explain?s.UserId={id}"), String::new());
            recent.record("ada", &format!("Feature{id}"), String::new(), String::new());
        }
        recent.record("ada", "Long", "x".repeat(MAX_ADDRESS_BYTES + 1), String::new());
        assert_eq!(recent.subjects("ada", "Fee").len(), MAX_SUBJECTS);
        assert_eq!(recent.0.lock().unwrap().len(), MAX_FEATURES);
        assert_eq!(recent.subjects("ada", "Long"), []);
    }
}
