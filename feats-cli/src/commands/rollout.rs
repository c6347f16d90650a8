//! `feats rollout`: changes shares, at once or gradually, and pauses ramps.

use std::time::SystemTime;

use feats::bucketing::allocation;
use feats::model::{Declaration, Experiment, Percent, Ramp, RampFrom, Rollout, Selector};
use feats::text::quoted;
use feats::{Change, Dynamic, Error, FeatureHandle, Problem, Timestamp};

use crate::args;
use crate::args::Shape;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::names::names as listed;
use crate::{names, proposal, weights};

pub(super) async fn run(context: &Context, arguments: &args::Rollout) -> Result<Exit> {
    let feature = context.feature_to_change(&arguments.feature)?;
    let place = RolloutPlace::find(&feature, arguments.rule.as_deref())?;
    let (rollout, note) = match arguments.pause {
        true => (paused(place.selector.as_ref())?, None),
        false => reshaped(&names::declaration(&feature), place.selector.as_ref(), arguments)?,
    };
    // An experiment stays an experiment, because its assignments are stored.
    let selector = match (place.selector.as_ref().and_then(Selector::experiment), arguments.shape.share) {
        (Some(before), share) => experiment(rollout, share, Some(before)).into(),
        (None, None) => rollout.into(),
        (None, Some(_)) => {
            let problem = Problem::new("--share", "this is not an experiment; `feats rule add --experiment` adds one");
            return Err(Error::invalid(vec![problem]).with_feature(feature.name()).into());
        }
    };
    let change = place.change(&feature, selector);
    proposal::publish_noted(context, &feature, change, &arguments.publishing, note.into_iter().collect()).await
}

/// Applies the options of the command line to a rollout.
pub(super) fn shape(rollout: &mut Rollout, shape: &Shape, declaration: &Declaration, problems: &mut Vec<Problem>) {
    if let Some(by) = &shape.by {
        (rollout.by, rollout.input) = names::units(declaration, by);
    }
    rollout.seed.clone_from(&shape.seed);
    let from = shape.from.as_deref().map(|text| weights::parse("--from", text, declaration)).transpose();
    let from = from.unwrap_or_else(|problem| {
        problems.push(problem);
        None
    });
    rollout.ramp = shape.over.clone().map(|duration| Ramp {
        start: shape.start.clone().unwrap_or_default(),
        duration,
        from: from.map(|weights| {
            RampFrom::Weights(weights.into_iter().map(|(name, percent)| (name, Percent(percent))).collect())
        }),
        step: None,
    });
}

/// Makes an experiment of a rollout. Without `share`, it keeps that of the previous experiment.
pub(super) fn experiment(rollout: Rollout, share: Option<f64>, before: Option<&Experiment>) -> Experiment {
    let share = share.map(Percent).or(before.map(|before| before.share));
    let new = Experiment::from(rollout);
    Experiment { share: share.unwrap_or(new.share), ..new }
}

/// The place of a rollout in a state.
struct RolloutPlace {
    /// The rule with its condition; `None` for `otherwise`.
    rule: Option<feats::model::Rule>,
    /// The current selector.
    selector: Option<Selector>,
}

impl RolloutPlace {
    fn find(feature: &FeatureHandle<Dynamic>, rule: Option<&str>) -> Result<Self> {
        let state = feature.state();
        let Some(name) = rule else { return Ok(Self { rule: None, selector: state.otherwise }) };
        match state.rules.iter().find(|rule| rule.name == name) {
            Some(rule) if rule.select.gate().is_some() => {
                let message = "this rule has the conditions of the flag, and no shares";
                let problem = Problem::new(format!("rule {name}"), message);
                let hint = "`feats rollout --otherwise` and `feats flag bucketer` change the shares of the flag";
                Err(Failure::from(Error::invalid(vec![problem]).with_feature(feature.name())).hint(hint))
            }
            Some(rule) => Ok(Self { rule: Some(rule.clone()), selector: Some(rule.select.clone()) }),
            None => {
                let names = state.rules.iter().map(|rule| rule.name.as_str());
                let hint = match state.rules.is_empty() {
                    true => "the feature has no rules; `feats rule add` adds one".to_owned(),
                    false => format!("existing rules: {}; `feats rule add` adds one", listed(names.clone())),
                };
                let problem =
                    Problem::new("rules", format!("no rule named {}", quoted(name))).with_suggestion(name, names);
                Err(Failure::from(Error::invalid(vec![problem]).with_feature(feature.name())).hint(hint))
            }
        }
    }

    fn change(self, feature: &FeatureHandle<Dynamic>, selector: Selector) -> Change<Dynamic> {
        match self.rule {
            Some(rule) => feature.edit().rule(rule.name, rule.when, selector),
            None => feature.edit().otherwise(selector),
        }
    }
}

/// Returns the rollout with the given shares and options, and a note about the implementations that get the remainder.
fn reshaped(
    declaration: &Declaration,
    current: Option<&Selector>,
    arguments: &args::Rollout,
) -> Result<(Rollout, Option<String>)> {
    let mut problems = Vec::new();
    let before = current.and_then(Selector::rollout);
    let shares = shares(declaration, current, arguments.weights.as_deref());
    let (weights, note) = shares.unwrap_or_else(|problem| {
        problems.push(problem);
        (Vec::new(), None)
    });
    let mut rollout = Rollout::new("", weights);
    match (before, &arguments.shape.by) {
        (Some(before), _) => (rollout.by, rollout.input) = (before.by.clone(), before.input.clone()),
        (None, Some(_)) => {}
        (None, None) => {
            let known: Vec<&str> = declaration.segments.iter().map(|applicable| &*applicable.segment).collect();
            let message =
                format!("a rollout needs a segment to split by; set --by to one of {}, random", known.join(", "));
            problems.push(Problem::new("--by", message));
        }
    }
    shape(&mut rollout, &arguments.shape, declaration, &mut problems);
    // The buckets of another system belong to its keys.
    rollout.bucketing =
        before.filter(|before| before.by.names() == rollout.by.names()).and_then(|before| before.bucketing);
    if problems.is_empty() { Ok((rollout, note)) } else { Err(Error::invalid(problems).into()) }
}

/// Shares in percent by implementation, and a note about the implementations that get the remainder.
type Shares = (Vec<(String, f64)>, Option<String>);

/// Returns the typed shares, completed to 100%; without any, the current shares.
fn shares(declaration: &Declaration, current: Option<&Selector>, typed: Option<&str>) -> Result<Shares, Problem> {
    const PATH: &str = "weights";
    if let Some(typed) = typed {
        let mut weights = weights::parse(PATH, typed, declaration)?;
        let note = weights::complete(PATH, &mut weights, current, declaration)?;
        return Ok((weights, note));
    }
    match current.and_then(Selector::rollout) {
        Some(before) => Ok((before.weights.iter().map(|(name, weight)| (name.clone(), weight.0)).collect(), None)),
        None => Err(Problem::new(PATH, "there are no shares yet; set them, such as aperture=10,acme=90")),
    }
}

/// Returns the rollout without its ramp, with the shares of this instant. Units that move before it is published move
/// back.
fn paused(current: Option<&Selector>) -> Result<Rollout> {
    let now = Timestamp::from(SystemTime::now());
    let before = current.and_then(Selector::rollout);
    let ramp = before.and_then(|before| before.ramp.as_ref()).and_then(Ramp::span);
    let (Some(before), Some(_)) = (before, ramp.filter(|(_, end)| *end > now)) else {
        return Err(Failure::problem(Problem::new("--pause", "no ramp is in progress")));
    };
    let shares = allocation::shares(&before.allocation_at(now));
    let mut rollout = before.clone();
    rollout.ramp = None;
    rollout.slots.clear();
    rollout.weights = shares.into_iter().map(|(name, slots)| (name, Percent::from_slots(slots))).collect();
    Ok(rollout)
}
