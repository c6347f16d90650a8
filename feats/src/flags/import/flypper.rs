//! The state of a flag of Flypper.

use super::gate::checked_members;
use super::translation::{Translation, check_name_at, set_slots, slots_of_buckets, timestamp};
use crate::error::{Problem, Problems};
use crate::flags::edit;
use crate::flags::flypper::{Flag, PercentageOfActors};
use crate::model::{BucketFunction, By, Condition, MissingAttribute, Operator, Percent, Rollout};

/// Translates a flag, and reports everything that feats cannot express.
pub(super) fn translate(flag: &Flag, author: &str, problems: &mut Problems) -> Translation {
    check_name_at("name", &flag.name, problems);
    let mut translation = Translation::new(timestamp("updated_at", flag.updated_at.to_f64(), problems), author);
    if let Some(state) = &mut translation.state.flag {
        state.enabled = flag.is_enabled;
        state.archived = flag.is_deleted;
    }
    let mut checks = Vec::new();
    if let Some(actors) = &flag.actors {
        const PATH: &str = "enabled_for_actors";
        check_name_at(&format!("{PATH}.actor_key"), &actors.key, problems);
        let path = format!("{PATH}.actor_ids");
        match checked_members(&actors.ids, &path, &mut translation) {
            Ok(ids) => checks.push(Condition::segment(&actors.key, Operator::In(ids))),
            Err(message) => problems.push(|| Problem::new(path, message)),
        }
    }
    let percentage = flag.percentage.as_ref().filter(|percentage| !percentage.is_everyone());
    if let Some(percentage) = percentage {
        check_name_at("enabled_for_percentage_of_actors.actor_key", &percentage.key, problems);
        let rollout = rollout(percentage);
        if is_full(&rollout) {
            // At 100%, a flag is enabled for everyone, but Flypper still requires the key.
            checks.push(Condition::segment(&percentage.key, Operator::NotIn(Vec::new())));
        }
        translation.state.otherwise = Some(rollout.into());
    }
    if !checks.is_empty() {
        let gate = edit::gate(&mut translation.state).1;
        gate.missing = MissingAttribute::Fail;
        gate.conditions = vec![Condition::All { all: checks }];
        if percentage.is_some() {
            gate.pass = None;
        }
    }
    translation
}

/// Returns the rollout with the buckets that a percentage admits.
fn rollout(percentage: &PercentageOfActors) -> Rollout {
    let mut rollout = Rollout::new::<String, f64>(By::segment(&percentage.key), []);
    rollout.bucketing = Some(BucketFunction::Flypper.into());
    set_slots(&mut rollout, slots_of_buckets(BucketFunction::Flypper, |bucket| percentage.admits(bucket)));
    rollout
}

fn is_full(rollout: &Rollout) -> bool {
    rollout.weights.get(crate::model::ENABLED) == Some(&Percent(100.0))
}
