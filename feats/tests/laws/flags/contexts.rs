//! Contexts: one snapshot, shared entries, and entries of a call that win and are not remembered.

use std::collections::BTreeMap;

use feats::Attributes;
use feats::flags::{Condition, MissingAttribute};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::description::{description, subject};
use super::program::Program;
use crate::world::{cases, wait};

type Entries = BTreeMap<&'static str, i64>;

/// A step of a program that decides in contexts while flags change.
#[derive(Clone, Debug)]
enum Step {
    Enable(&'static str),
    Disable(&'static str),
    /// Destroys a flag and creates it again, disabled.
    CreateAgain(&'static str),
    /// Replaces a context.
    Open(usize, Entries),
    Set(usize, &'static str, i64),
    Ask(usize, &'static str, Entries),
}

/// A context as it should be. The snapshot is taken at the first question.
#[derive(Default)]
struct Model {
    entries: Entries,
    snapshot: Option<BTreeMap<&'static str, bool>>,
}

const FLAGS: [&str; 3] = ["A", "B", "never created"];
const CONTEXTS: usize = 2;

fn entries() -> impl Strategy<Value = Entries> {
    vec(option::of(0..2_i64), 3).prop_map(|values| {
        let present = ["level", "plan", "user"].into_iter().zip(values);
        present.filter_map(|(name, value)| Some((name, value?))).collect()
    })
}

fn step() -> impl Strategy<Value = Step> {
    let flag = || select(vec![FLAGS[0], FLAGS[1]]);
    prop_oneof![
        1 => flag().prop_map(Step::Enable),
        1 => flag().prop_map(Step::Disable),
        1 => flag().prop_map(Step::CreateAgain),
        1 => (0..CONTEXTS, entries()).prop_map(|(at, entries)| Step::Open(at, entries)),
        2 => (0..CONTEXTS, select(vec!["level", "plan", "user"]), 0..2_i64).prop_map(|(at, name, value)| Step::Set(at, name, value)),
        6 => (0..CONTEXTS, select(&FLAGS[..]), entries()).prop_map(|(at, flag, entries)| Step::Ask(at, flag, entries)),
    ]
}

proptest! {
    #![proptest_config(cases(100))]

    /// The entries of the context and of the call are one subject, also for a bucketer by all attributes.
    #[test]
    fn a_context_decides_for_its_entries_and_those_of_the_call(
        description in description(), shared in subject(), calls in vec(subject(), 4),
    ) {
        let program = Program::start();
        let flag = description.create(&program.flags, "CHECKOUT", true);
        let context = program.flags.context(shared.clone());
        for call in calls {
            let mut all = shared.clone();
            all.extend(call.iter().map(|(name, value)| (name.to_owned(), value.clone())));
            prop_assert_eq!(context.is_enabled("CHECKOUT", &call), flag.is_enabled(&all), "{:?} {:?}", shared, call);
        }
    }
}

proptest! {
    #![proptest_config(cases(60))]

    /// Every flag asks for the entry "level" with the value 1.
    #[test]
    fn a_context_agrees_with_its_snapshot_and_entries(steps in vec(step(), 1..40)) {
        let program = Program::start();
        let create = |name: &str| {
            let new = program.flags.create(name).missing_attribute(MissingAttribute::Fail);
            wait(new.condition(Condition::new().check("level", 1))).unwrap()
        };
        let mut current: BTreeMap<&str, bool> = [(FLAGS[0], false), (FLAGS[1], false)].into();
        current.keys().for_each(|name| drop(create(name)));
        let mut contexts: Vec<_> = (0..CONTEXTS).map(|_| program.flags.context(Attributes::new())).collect();
        let mut models: Vec<Model> = contexts.iter().map(|_| Model::default()).collect();
        for step in steps {
            match step {
                Step::Enable(name) => {
                    wait(program.flags.get(name).enable()).unwrap();
                    current.insert(name, true);
                }
                Step::Disable(name) => {
                    wait(program.flags.get(name).disable()).unwrap();
                    current.insert(name, false);
                }
                Step::CreateAgain(name) => {
                    wait(program.flags.get(name).destroy()).unwrap();
                    create(name);
                    current.insert(name, false);
                }
                Step::Open(at, entries) => {
                    contexts[at] = program.flags.context(entries.iter().map(|(name, value)| (*name, *value)).collect());
                    models[at] = Model { entries, snapshot: None };
                }
                Step::Set(at, name, value) => {
                    contexts[at].set(name, value);
                    models[at].entries.insert(name, value);
                }
                Step::Ask(at, flag, entries) => {
                    let model = &mut models[at];
                    let snapshot = model.snapshot.get_or_insert_with(|| current.clone());
                    let level = entries.get("level").or(model.entries.get("level"));
                    let expected = snapshot.get(flag).is_some_and(|enabled| *enabled) && level == Some(&1);
                    let call: Attributes<'_> = entries.iter().map(|(name, value)| (*name, *value)).collect();
                    prop_assert_eq!(contexts[at].is_enabled(flag, &call), expected);
                    prop_assert_eq!(contexts[at].is_disabled(flag, &call), !expected);
                    let variant = contexts[at].variant(flag, &call);
                    prop_assert_eq!(variant.as_deref(), expected.then_some("enabled"));
                }
            }
        }
    }
}
