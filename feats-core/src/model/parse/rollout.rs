//! Parsing of rollouts, ramps and experiments.

use serde_json::Value as Json;

use super::{Object, Parser, join, kind, present};
use crate::error::{Problem, quoted};
use crate::model::bucketing::{BucketFunction, Bucketing};
use crate::model::by::By;
use crate::model::experiment::{Experiment, Reassigned, ReassignedKind, everyone};
use crate::model::percent::{Percent, SLOTS, Weights};
use crate::model::rollout::{Ramp, RampFrom, Rollout, SlotRange};

impl Parser {
    pub(super) fn rollout(&mut self, path: &str, json: &Json) -> Option<Rollout> {
        let object = self.object(path, json, "a rollout")?;
        let mut rollout = self.rollout_fields(path, object);
        rollout.bucketing =
            present(object.get("bucketing")).and_then(|json| self.bucketing(&join(path, "bucketing"), json));
        rollout.ramp = present(object.get("ramp")).and_then(|json| self.ramp(&join(path, "ramp"), json));
        self.reject_others(path, object, &["by", "input", "bucketing", "seed", "weights", "slots", "ramp"]);
        Some(rollout)
    }

    pub(super) fn experiment(&mut self, path: &str, json: &Json) -> Option<Experiment> {
        let object = self.object(path, json, "an experiment")?;
        let rollout = self.rollout_fields(path, object);
        let share = present(object.get("share")).map_or_else(everyone, |json| self.weight(&join(path, "share"), json));
        let reassigned = self.list(&join(path, "reassigned"), object.get("reassigned"), Self::reassigned);
        self.reject_others(path, object, &["by", "input", "seed", "weights", "share", "slots", "reassigned"]);
        Some(Experiment { rollout, share, reassigned })
    }

    /// Parses the fields that rollouts and experiments have in common.
    fn rollout_fields(&mut self, path: &str, object: &Object) -> Rollout {
        Rollout {
            by: self.by(&join(path, "by"), object.get("by")),
            input: self.optional_text(&join(path, "input"), object.get("input")),
            bucketing: None,
            seed: self.optional_text(&join(path, "seed"), object.get("seed")),
            weights: self.weights(&join(path, "weights"), object.get("weights")),
            slots: self.list(&join(path, "slots"), object.get("slots"), Self::slot_range),
            ramp: None,
        }
    }

    fn by(&mut self, path: &str, json: Option<&Json>) -> By {
        match present(json) {
            Some(names @ Json::Array(_)) => {
                By::Several(self.required_list(path, names, |parser, path, name| parser.text(path, Some(name))))
            }
            Some(Json::String(_)) | None => By::One(self.text(path, json)),
            Some(other) => {
                self.problem(path, format!("expected a string or a list of strings, not {}", kind(other)));
                By::One(String::new())
            }
        }
    }

    fn ramp(&mut self, path: &str, json: &Json) -> Option<Ramp> {
        let object = self.object(path, json, "a ramp")?;
        let from = present(object.get("from")).map(|json| match json {
            Json::Object(_) => RampFrom::Weights(self.weights(&join(path, "from"), Some(json))),
            _ => RampFrom::Slots(self.list(&join(path, "from"), Some(json), Self::slot_range)),
        });
        let ramp = Ramp {
            start: self.optional_text(&join(path, "start"), object.get("start")).unwrap_or_default(),
            duration: self.text(&join(path, "duration"), object.get("duration")),
            from,
            step: present(object.get("step")).map(|json| self.count(&join(path, "step"), json)),
        };
        self.reject_others(path, object, &["start", "duration", "from", "step"]);
        Some(ramp)
    }

    fn bucketing(&mut self, path: &str, json: &Json) -> Option<Bucketing> {
        let object = self.object(path, json, "a bucketing")?;
        let (function_path, buckets_path) = (join(path, "function"), join(path, "buckets"));
        let name = self.text(&function_path, object.get("function"));
        let function = BucketFunction::from_name(&name);
        if function.is_none() && !name.is_empty() {
            let problem = || Problem::new(function_path, format!("unknown slot function {}", quoted(&name)));
            self.problems.push_with_known_names(problem, &name, BucketFunction::NAMES);
        }
        let buckets = self.count(&buckets_path, object.get("buckets").unwrap_or(&Json::Null));
        self.reject_others(path, object, &["function", "buckets"]);
        Some(Bucketing { function: function?, buckets })
    }

    fn count(&mut self, path: &str, json: &Json) -> u32 {
        json.as_u64()
            .and_then(|count| u32::try_from(count).ok())
            .filter(|count| (1..=SLOTS).contains(count))
            .unwrap_or_else(|| {
                self.problem(path, format!("expected an integer from 1 to {SLOTS}"));
                1
            })
    }

    fn weights(&mut self, path: &str, json: Option<&Json>) -> Weights {
        let Some(Json::Object(object)) = json else {
            self.problem(path, "weights must be an object of percentages, for example {\"acme\": 95, \"aperture\": 5}");
            return Weights::new();
        };
        let weights = object.iter().map(|(name, json)| (name.clone(), self.weight(&join(path, name), json)));
        weights.collect()
    }

    fn weight(&mut self, path: &str, json: &Json) -> Percent {
        Percent(json.as_f64().unwrap_or_else(|| {
            self.problem(path, "a weight must be a number, in percent");
            0.0
        }))
    }

    fn reassigned(&mut self, path: &str, json: &Json) -> Reassigned {
        if let Json::Array(items) = json
            && let [Json::String(kind), first, length] = items.as_slice()
            && let (Some(first), Some(length)) = (first.as_u64(), length.as_u64())
            && let (Ok(first), Ok(length)) = (u32::try_from(first), u32::try_from(length))
            && let Some(kind) = ReassignedKind::from_name(kind)
        {
            return Reassigned::new(kind, first, length);
        }
        self.problem(path, "a reassigned range is [\"slot\" or \"entry\", first, length]");
        Reassigned::new(ReassignedKind::Slot, 0, 0)
    }

    fn slot_range(&mut self, path: &str, json: &Json) -> SlotRange {
        if let Json::Array(items) = json
            && let [Json::String(name), length, since] = items.as_slice()
            && let (Some(length), Some(since)) = (length.as_u64(), since.as_u64())
            && let Ok(length) = u32::try_from(length)
        {
            return SlotRange::new(name.clone(), length, since);
        }
        self.problem(path, "a slot range is [implementation, length, since version]");
        SlotRange::new(String::new(), 0, 0)
    }
}
