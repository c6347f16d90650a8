//! Experiments: a prior assignment is looked up for a unit if and only if it may differ.

use feats::bucketing::{Seed, allocation};
use feats::model::{Experiment, Percent, Reassigned, ReassignedKind, Selector};
use feats::{Reason, State, attributes};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::desk::{Desk, by_user};
use super::generators::{shares, weights};
use super::world::{START, cases, choose, feature, only, route, wait};

const SEED: &str = "the experiment";

/// A change of the experiment.
#[derive(Clone, Debug)]
enum Step {
    Weights(allocation::Shares),
    Share(u32),
    /// Replaces the experiment by a static choice.
    End,
    RollBack(Index),
    Remove,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => shares().prop_map(Step::Weights),
        4 => (0..=1_000_000_u32).prop_map(Step::Share),
        1 => Just(Step::End),
        2 => any::<Index>().prop_map(Step::RollBack),
        1 => Just(Step::Remove),
    ]
}

fn run(desk: &Desk, step: Step, last: &mut Experiment) {
    let versions = usize::try_from(desk.feature.version()).unwrap();
    let edit = |experiment: &Experiment| wait(desk.feature.edit().otherwise(experiment.clone()).publish());
    match step {
        Step::Weights(shares) => {
            last.rollout.weights = weights(&shares);
            edit(last).unwrap();
        }
        Step::Share(share) => {
            last.share = Percent::from_slots(share);
            edit(last).unwrap();
        }
        Step::End => drop(wait(desk.feature.edit().otherwise("acme").publish()).unwrap()),
        Step::RollBack(to) => drop(desk.roll_back(to.index(versions + 1).try_into().unwrap()).unwrap()),
        Step::Remove => drop(wait(desk.feature.remove_state().publish()).unwrap()),
    }
}

/// Returns an experiment for everyone, with a seed and without slots.
fn experiment(shares: &allocation::Shares) -> Experiment {
    let mut experiment = Experiment::from(by_user(shares));
    experiment.rollout.seed = Some(SEED.to_owned());
    experiment
}

/// Returns the owner of a unit's slot, and `true` if the unit enters.
fn place(experiment: &Experiment, unit: u32) -> (String, bool) {
    let slot_of = |seed: &str| Seed::new(seed).slot_of(unit.to_string().as_bytes());
    let (mut end, slot) = (0, slot_of(SEED));
    let run = experiment.rollout.slots.iter().find(|run| {
        end += run.length;
        slot < end
    });
    (run.unwrap().implementation.clone(), slot_of(&format!("{SEED}/share")) < experiment.share.slots().unwrap())
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn units_are_looked_up_if_and_only_if_their_assignment_may_differ(
        first in shares(), steps in vec(step(), 1..10),
    ) {
        let desk = Desk::open();
        let mut last = experiment(&first);
        wait(desk.feature.edit().otherwise(last.clone()).publish()).unwrap();
        let mut known = vec![desk.feature.state()];
        for step in steps {
            run(&desk, step, &mut last);
            let state = desk.feature.state();
            known.push(state.clone());
            let standing = state.otherwise.as_ref().and_then(Selector::experiment);
            let Some(standing) = standing else { continue };
            let (feature, earlier) = (feature(), || known.iter().filter_map(|state| state.otherwise.as_ref()?.experiment()));
            let route = route(&state, &feature);
            for unit in 0..150 {
                let outcome = choose(&route, &feature, &attributes! { "UserId" => unit }, START, 0);
                let (owner, enters) = place(standing, unit);
                let differs = earlier().map(|earlier| place(earlier, unit)).any(|(before, entered)| {
                    entered && (!enters || before != owner)
                });
                prop_assert!(outcome.needs_history || !differs, "{unit} used another arm but is not looked up: {}", state.to_json());
                let changed = earlier().any(|earlier| place(earlier, unit).0 != owner);
                let left = !enters && earlier().any(|earlier| place(earlier, unit).1);
                prop_assert!(!outcome.needs_history || changed || left, "{unit} is looked up without need: {}", state.to_json());
                prop_assert_eq!(outcome.experiment, enters);
                prop_assert_eq!(outcome.reason == Reason::Provisional, enters && outcome.needs_history);
            }
        }
    }

    #[test]
    fn entry_is_independent_of_the_arm(shares in shares(), share in 100_000..900_000_u32) {
        let mut stored = experiment(&shares);
        stored.rollout.slots = allocation::initial(&shares, 1);
        stored.share = Percent::from_slots(share);
        let places: Vec<_> = (0..4_000).map(|unit| place(&stored, unit)).collect();
        let entered = places.iter().filter(|(_, enters)| *enters).count();
        let expected = f64::from(share) / 1_000_000.0;
        prop_assert!((entered as f64 / 4_000.0 - expected).abs() < 0.05);
        for (name, slots) in &shares {
            let given = places.iter().filter(|(owner, enters)| *enters && owner == name).count();
            let expected = f64::from(*slots) / 1_000_000.0;
            prop_assert!((given as f64 / entered as f64 - expected).abs() < 0.12, "{name}: {given} of {entered}");
        }
    }
}

#[test]
fn an_unchanged_experiment_needs_no_lookups() {
    let desk = Desk::open();
    let halves = allocation::Shares::from([("acme".to_owned(), 500_000), ("zeta".to_owned(), 500_000)]);
    for comment in ["first", "published again"] {
        wait(desk.feature.edit().otherwise(experiment(&halves)).comment(comment).publish()).unwrap();
    }
    let state = desk.feature.state();
    assert_eq!(state.otherwise.unwrap().experiment().unwrap().reassigned, []);
}

#[test]
fn moved_slots_are_reassigned_until_the_seed_changes() {
    let desk = Desk::open();
    let shares =
        |acme: u32| allocation::Shares::from([("acme".to_owned(), acme), ("zeta".to_owned(), 1_000_000 - acme)]);
    let reassigned = || desk.feature.state().otherwise.unwrap().experiment().unwrap().reassigned.clone();
    wait(desk.feature.edit().otherwise(experiment(&shares(500_000))).publish()).unwrap();
    wait(desk.feature.edit().otherwise(experiment(&shares(600_000))).publish()).unwrap();
    let moved = vec![Reassigned::new(ReassignedKind::Slot, 900_000, 100_000)];
    assert_eq!(reassigned(), moved, "the tenth that zeta gave up");
    wait(desk.feature.edit().otherwise(experiment(&shares(500_000))).publish()).unwrap();
    assert_eq!(reassigned(), moved, "the same slots moved back");
    wait(desk.feature.edit().otherwise(Experiment { share: Percent(20.0), ..experiment(&shares(500_000)) }).publish())
        .unwrap();
    assert_eq!(reassigned(), [moved[0], Reassigned::new(ReassignedKind::Entry, 200_000, 800_000)]);
    wait(desk.feature.rollback_to(1).publish()).unwrap();
    assert_eq!(
        reassigned(),
        [moved[0], Reassigned::new(ReassignedKind::Entry, 200_000, 800_000)],
        "a rollback keeps the reassigned slots"
    );
    let reseeded = || {
        let mut experiment = experiment(&shares(500_000));
        experiment.rollout.seed = Some("another".to_owned());
        desk.feature.edit().otherwise(experiment)
    };
    let refused = wait(reseeded().publish()).unwrap_err();
    assert_eq!(refused.kind(), feats::ErrorKind::NeedsConfirmation);
    wait(reseeded().allow_reshuffle().publish()).unwrap();
    assert_eq!(reassigned(), []);
}

#[test]
fn a_resumed_experiment_keeps_its_reassigned_slots() {
    let desk = Desk::open();
    let shares =
        |acme: u32| allocation::Shares::from([("acme".to_owned(), acme), ("zeta".to_owned(), 1_000_000 - acme)]);
    let slots = || desk.feature.state().otherwise.unwrap().rollout().unwrap().slots.clone();
    wait(desk.feature.edit().otherwise(experiment(&shares(500_000))).publish()).unwrap();
    wait(desk.feature.edit().otherwise(experiment(&shares(600_000))).publish()).unwrap();
    let before = slots();
    wait(desk.feature.edit().otherwise("acme").publish()).unwrap();
    wait(desk.feature.remove_state().publish()).unwrap();
    wait(desk.feature.edit().otherwise(experiment(&shares(600_000))).publish()).unwrap();
    assert_eq!(slots(), before, "the seed identifies the experiment");
    let reassigned = desk.feature.state().otherwise.unwrap().experiment().unwrap().reassigned.clone();
    assert_eq!(reassigned, [Reassigned::new(ReassignedKind::Slot, 900_000, 100_000)]);
}

#[test]
fn the_impact_mentions_sticky_assignment() {
    let desk = Desk::open();
    let publish = |experiment: Experiment| {
        wait(desk.feature.edit().otherwise(experiment).publish()).unwrap().impact().to_string()
    };
    let arms = |arms: &[(&str, f64)]| {
        let mut experiment = Experiment::new("UserId", arms.iter().copied());
        experiment.rollout.seed = Some(SEED.to_owned());
        experiment
    };
    let first = Experiment { share: Percent(20.0), ..arms(&[("acme", 50.0), ("premium", 25.0), ("zeta", 25.0)]) };
    assert_eq!(
        publish(first),
        "everyone else: 20% of the units enter the experiment instead of 100%\neveryone else: 5% move from acme to premium\n\
         everyone else: 5% move from acme to zeta"
    );
    let grown = Experiment { share: Percent(40.0), ..arms(&[("acme", 60.0), ("premium", 15.0), ("zeta", 25.0)]) };
    assert_eq!(
        publish(grown),
        "everyone else: 40% of the units enter the experiment instead of 20%\n\
         everyone else: 3% move from acme to premium\neveryone else: 5% move from acme to zeta\n\
         everyone else: 2% move from premium to acme, except those who used it before"
    );
    let stopped = Experiment { share: Percent(40.0), ..arms(&[("acme", 75.0), ("zeta", 25.0)]) };
    assert_eq!(publish(stopped), "everyone else: 6% move from premium to acme");
}

#[test]
fn a_state_with_an_experiment_survives_json() {
    let text = r#"{"experiment": {"by": "UserId", "seed": "s", "weights": {"acme": 100}, "share": 20,
        "slots": [["acme", 1000000, 3]], "reassigned": [["slot", 10, 20], ["entry", 200000, 100000]]}}"#;
    let json: serde_json::Value = serde_json::from_str(text).unwrap();
    let state = State::from_json(&serde_json::json!({ "otherwise": json }));
    assert_eq!(state.problems(), []);
    assert_eq!(state.to_json()["otherwise"], json);
    let all: Experiment = Experiment::new("UserId", [("acme", 100.0)]);
    assert_eq!(only(all).to_json()["otherwise"]["experiment"]["share"], 100);
}
