//! Histories: every write of a flag appears once, and the flag is what its last version says.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use feats::Attributes;
use feats::flags::{Event, Flag};
use feats::model::Revision;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value as Json;

use super::program::Program;
use super::script::{History, write};
use crate::world::{cases, wait};

const NAMES: [&str; 2] = ["A", "b"];

fn subject(user: Option<i64>, level: Option<i64>) -> Attributes<'static> {
    let present = [("user", user), ("level", level)];
    present.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn every_write_appears_once_and_has_its_effect(writes in vec((select(&NAMES[..]), write()), 1..40)) {
        let program = Program::start();
        let events = Arc::new(Mutex::new(Vec::new()));
        let log = events.clone();
        program.flags.on(Event::Any, move |change| {
            log.lock().unwrap().push((change.flag().to_owned(), change.version(), change.author().to_owned()));
            Ok(())
        });
        // These handles are older than their flags.
        let handles: BTreeMap<&str, Flag> = NAMES.map(|name| (name, program.flags.get(name))).into();
        let mut comments: BTreeMap<&str, Vec<String>> = NAMES.map(|name| (name, Vec::new())).into();
        let mut histories: BTreeMap<&str, History> = NAMES.map(|name| (name, History::new())).into();
        let mut written = Vec::new();
        for (name, write) in writes {
            let history = histories.get_mut(name).unwrap();
            let result = write.run(&program.flags, name, u64::try_from(history.len()).unwrap());
            let expected = write.apply(history);
            prop_assert_eq!(result.as_ref().map(|_| ()).map_err(|error| error.kind()), expected, "{:?}: {:?}", write, result);
            let version = u64::try_from(history.len()).unwrap();
            if let Ok(published) = result {
                prop_assert_eq!(published, version);
                written.push((name.to_owned(), version, "ada".to_owned()));
                comments.get_mut(name).unwrap().push(write.comment());
            }
            prop_assert_eq!(&*events.lock().unwrap(), &written);
        }
        for (name, history) in &histories {
            let revisions = wait(handles[name].history()).unwrap();
            let found: Vec<&str> = revisions.iter().rev().map(Revision::comment).collect();
            prop_assert_eq!(&found, &comments[name]);
            for (revision, model) in revisions.iter().rev().zip(history) {
                prop_assert_eq!(revision.is_removed(), model.is_none());
                prop_assert_eq!(revision.author(), "ada");
                let state = revision.state();
                let is_enabled = state.flag.as_ref().map(|flag| (flag.enabled, flag.archived));
                prop_assert_eq!(is_enabled, model.as_ref().map(|model| (model.is_enabled, model.is_archived)));
            }
        }
        for (name, history) in &histories {
            let (flag, model) = (&handles[name], history.last().cloned().flatten());
            prop_assert_eq!(flag.exists(), model.is_some());
            prop_assert_eq!(program.flags.exists(name), model.is_some());
            let is_listed = program.flags.list().names().contains(&(*name).to_owned());
            prop_assert_eq!(is_listed, model.as_ref().is_some_and(|model| !model.is_archived));
            let is_archived = program.flags.list().archived().names().contains(&(*name).to_owned());
            prop_assert_eq!(is_archived, model.as_ref().is_some_and(|model| model.is_archived));
            let Some(model) = model else {
                prop_assert!(!flag.is_enabled(&Attributes::new()) && flag.is_enabled_or(&Attributes::new(), true));
                continue;
            };
            prop_assert_eq!(flag.client_data(), Json::Object(model.client_data.clone()));
            let meta = flag.meta();
            prop_assert_eq!((meta.is_enabled(), meta.is_archived()), (model.is_enabled, model.is_archived));
            prop_assert_eq!(meta.version(), u64::try_from(history.len()).unwrap());
            prop_assert_eq!((meta.created_by(), meta.changed_by()), ("ada", "ada"));
            for user in [None, Some(0), Some(1), Some(2), Some(3)] {
                for level in [None, Some(0), Some(1)] {
                    let subject = subject(user, level);
                    let Some(expected) = model.decide(user, level) else { continue };
                    prop_assert_eq!(flag.is_enabled(&subject), expected, "{:?} {:?}", subject, model);
                }
            }
        }
    }
}
