//! Who was explained lately: in this console's memory, only what visitors entered, and only for the one who did.

use std::collections::VecDeque;
use std::sync::Mutex;

/// So many subjects of a feature are kept.
const SUBJECTS: usize = 10;
/// Those of so many features are, for all visitors together.
const FEATURES: usize = 100;
/// A subject whose address is longer, in bytes, is not.
const LENGTH: usize = 1_024;

/// The subjects that were explained last.
#[derive(Default)]
pub(crate) struct Recent(Mutex<VecDeque<Feature>>);

struct Feature {
    /// Who asked.
    actor: String,
    name: String,
    /// Address and text, the newest first.
    subjects: VecDeque<(String, String)>,
}

impl Recent {
    /// Keeps a subject, as its address and in words.
    pub(crate) fn keep(&self, actor: &str, feature: &str, address: String, told: String) {
        if address.len() > LENGTH {
            return;
        }
        let Ok(mut features) = self.0.lock() else { return };
        let known = features.iter().position(|known| known.is(actor, feature)).and_then(|at| features.remove(at));
        let mut known = known.unwrap_or_else(|| Feature::new(actor, feature));
        known.subjects.retain(|(kept, _)| *kept != address);
        known.subjects.push_front((address, told));
        known.subjects.truncate(SUBJECTS);
        features.push_front(known);
        features.truncate(FEATURES);
    }

    /// Addresses and words of a feature's subjects that an actor asked about, the newest first.
    pub(crate) fn of(&self, actor: &str, feature: &str) -> Vec<(String, String)> {
        let Ok(features) = self.0.lock() else { return Vec::new() };
        let known = features.iter().find(|known| known.is(actor, feature));
        known.map(|known| known.subjects.iter().cloned().collect()).unwrap_or_default()
    }

    /// The features of which a subject was explained to an actor, the newest first.
    pub(crate) fn features(&self, actor: &str) -> Vec<String> {
        let Ok(features) = self.0.lock() else { return Vec::new() };
        features.iter().filter(|known| known.actor == actor).take(SUBJECTS).map(|known| known.name.clone()).collect()
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
    fn the_newest_stand_first_and_each_once() {
        let recent = Recent::default();
        for id in [1, 2, 1] {
            recent.keep("ada", "Fee", format!("explain?s.UserId={id}"), format!("UserId {id}"));
        }
        let told: Vec<_> = recent.of("ada", "Fee").into_iter().map(|(_, told)| told).collect();
        assert_eq!(told, ["UserId 1", "UserId 2"]);
        assert_eq!(recent.of("ada", "Other"), []);
    }

    #[test]
    fn memory_is_bounded() {
        let recent = Recent::default();
        for id in 0..1_000 {
            recent.keep("ada", "Fee", format!("explain?s.UserId={id}"), String::new());
            recent.keep("ada", &format!("Feature{id}"), String::new(), String::new());
        }
        recent.keep("ada", "Long", "x".repeat(LENGTH + 1), String::new());
        assert_eq!(recent.of("ada", "Fee").len(), SUBJECTS);
        assert_eq!(recent.0.lock().unwrap().len(), FEATURES);
        assert_eq!(recent.of("ada", "Long"), []);
    }
}
