//! Export to Flypper: what it can express of a flag, and a sentence for everything that it cannot.

use super::flag::{Actors, Flag, PercentageOfActors};
use crate::error::{Error, Problem, Result};
use crate::flags::checks::{check_of, parts};
use crate::flags::ordered_json::{Json, Number};
use crate::flags::whole_buckets::exported_buckets;
use crate::model::{
    BucketFunction, DISABLED, ENABLED, Gate, MissingAttribute, Operator, Rollout, Selector, State, Timestamp,
};
use crate::text::quoted;

impl Flag {
    /// Returns the flag that makes Flypper decide as a flag does now, as far as Flypper can, and a sentence for everything that it
    /// cannot. The version is 1; Flypper's stores assign their own.
    ///
    /// ```
    /// use feats::flags::flypper::Flag;
    /// use feats::{State, Timestamp};
    ///
    /// let state: State = r#"{"flag": {"enabled": true, "created_at": "2026-12-01T09:00:00Z", "created_by": "ada"},
    ///     "otherwise": {"rollout": {"by": "user", "bucketing": {"function": "flypper", "buckets": 10000}, "seed": "s",
    ///         "weights": {"enabled": 10.01, "disabled": 89.99}, "slots": [["enabled", 100100, 1], ["disabled", 899900, 1]]}}}"#.parse()?;
    /// let (flag, lost) = Flag::from_state("beta", &state, Timestamp::from_millis(0))?;
    /// assert!(flag.admits(1_000) && !flag.admits(1_001) && lost.is_empty());
    /// # Ok::<(), feats::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid): the state is not that of a flag, or it has variants, which Flypper does not have.
    pub fn from_state(name: &str, state: &State, now: Timestamp) -> Result<(Self, Vec<String>)> {
        let refused =
            |path: &str, message: &str| Err(Error::invalid(vec![Problem::new(path, message)]).with_feature(name));
        let Some(of_flag) = &state.flag else {
            return refused("flag", "this is the state of a feature, not of a flag");
        };
        if !state.values.is_empty() {
            return refused("values", "Flypper has no variants");
        }
        let mut lost = Vec::new();
        #[allow(clippy::cast_precision_loss, reason = "exact until the year 9999")]
        let updated_at = of_flag.created_at.as_millis() as f64 / 1_000.0;
        let mut flag = Flag {
            name: name.to_owned(),
            is_deleted: of_flag.archived,
            is_enabled: of_flag.enabled,
            actors: None,
            percentage: None,
            updated_at: updated_at.into(),
            version: Number::from(1_i64),
        };
        if !of_flag.client_data.is_empty() {
            lost.push("Flypper has no client data; left out".to_owned());
        }
        if let Some(pinned) = &state.pinned {
            lost.push(format!("the flag is pinned to {}; exported as what the pin serves", quoted(pinned)));
            flag.is_enabled = pinned != DISABLED;
            if flag.is_enabled {
                return Ok((flag, lost));
            }
        }
        if !state.overrides.is_empty() {
            lost.push(format!("Flypper has no overrides; {} left out", state.overrides.len()));
        }
        let needs_key = flag.add_rules(state, &mut lost);
        match &state.otherwise {
            Some(Selector::Static(name)) if name == ENABLED => {}
            Some(Selector::Rollout(rollout)) => {
                flag.percentage = percentage(rollout, needs_key, now, &mut lost);
                flag.is_enabled &= flag.percentage.is_some();
            }
            _ if flag.actors.is_some() => {}
            _ => flag.is_enabled = false,
        }
        Ok((flag, lost))
    }

    /// Adds the actors of the rules. Returns `true` if a rule needs some attribute to be there.
    fn add_rules(&mut self, state: &State, lost: &mut Vec<String>) -> bool {
        let mut needs_key = false;
        for rule in &state.rules {
            let gate = rule.select.gate().filter(|gate| rule.when.is_always() && gate.fail == DISABLED);
            for part in gate.iter().flat_map(|gate| &gate.conditions).flat_map(parts) {
                match check_of(part) {
                    Some((_, Operator::NotIn(values))) if values.is_empty() => needs_key = true,
                    Some((key, Operator::In(values))) if self.actors.is_none() => {
                        let ids = values.iter().map(Json::from).collect();
                        self.actors = Some(Actors { key: key.to_owned(), ids });
                    }
                    _ => lost.push(format!("Flypper has no condition such as {}; left out", serde_json::json!(part))),
                }
            }
            match gate {
                None => lost.push(format!("Flypper has no rule such as {}; left out", quoted(&rule.name))),
                Some(gate) => list_differences(gate, state.otherwise.as_ref(), lost),
            }
        }
        needs_key
    }
}

fn list_differences(gate: &Gate, otherwise: Option<&Selector>, lost: &mut Vec<String>) {
    if gate.missing == MissingAttribute::Skip && !gate.conditions.is_empty() {
        lost.push("Flypper disables the flag for an actor without the key; here, the condition is skipped".to_owned());
    }
    if gate.pass.is_some() && otherwise.is_some_and(|otherwise| otherwise.rollout().is_some()) {
        lost.push("in Flypper, a listed actor needs to be in the percentage too".to_owned());
    }
}

fn percentage(
    rollout: &Rollout,
    needs_key: bool,
    now: Timestamp,
    lost: &mut Vec<String>,
) -> Option<PercentageOfActors> {
    if rollout.ramp.as_ref().and_then(|ramp| ramp.span()).is_some_and(|(_, end)| now < end) {
        lost.push("Flypper has no ramps; the share of now is exported".to_owned());
    }
    let buckets = exported_buckets(rollout, BucketFunction::Flypper, now, lost);
    let [key] = rollout.by.names() else {
        lost.push("a percentage of Flypper has one key; exported as disabled".to_owned());
        return None;
    };
    // The greatest bucket is 99.99. At exactly 100, Flypper does not look at the actor.
    let percentage = match buckets {
        10_000 if !needs_key => 100.0,
        buckets => (f64::from(buckets) - 1.0) / 100.0,
    };
    Some(PercentageOfActors { key: key.clone(), percentage: percentage.into() })
}
