//! `feats flag bucketer` and `feats flag percentage`: the share of users for which a flag is enabled.

use std::time::{Duration, SystemTime};

use feats::flags::Bucketer;
use feats::model::{Declaration, Ramp, Rollout, Selector};
use feats::text::quoted;
use feats::{Error, Problem, State, Timestamp};

use super::publish::{propose, publish};
use crate::args::{self, FlagBucketer, FlagPercentage};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Result;
use crate::{names, values, weights};

pub(super) async fn run(context: &Context, arguments: &FlagBucketer) -> Result<Exit> {
    let flag = context.flag(&arguments.flag)?;
    if arguments.none {
        return publish(context, &flag, flag.clear_bucketer(), &arguments.publishing).await;
    }
    let feature = flag.as_feature()?;
    let mut problems = Vec::new();
    let typed = parse(&arguments.bucketer, &names::declaration(&feature), &feature.state(), &mut problems);
    let (Some((bucketer, note)), true) = (typed, problems.is_empty()) else {
        return Err(Error::invalid(problems).with_feature(flag.name()).into());
    };
    let proposal = propose(context, &flag, flag.set_bucketer(bucketer), &arguments.publishing).await?;
    proposal.with_notes(note.into_iter().collect()).finish_if_changed(context, &arguments.publishing).await
}

pub(super) async fn percentage(context: &Context, arguments: &FlagPercentage) -> Result<Exit> {
    let flag = context.flag(&arguments.flag)?;
    let percentage = percent("percentage", &arguments.percentage);
    let percentage = percentage.map_err(|problem| Error::invalid(vec![problem]).with_feature(flag.name()))?;
    let published = publish(context, &flag, flag.set_percentage(percentage), &arguments.publishing).await;
    published.map_err(|failure| match failure.problems().iter().any(|problem| problem.path() == "otherwise") {
        true => failure.hint("`feats flag bucketer --help` shows how a bucketer is set"),
        false => failure,
    })
}

/// Parses a bucketer, and returns it with a note about the shares that were completed; `None` if the command line has no setting
/// of a bucketer. Settings that it leaves out have their values in the state.
pub(super) fn parse(
    typed: &args::Bucketer,
    declaration: &Declaration,
    state: &State,
    problems: &mut Vec<Problem>,
) -> Option<(Bucketer, Option<String>)> {
    let has_units = typed.by.is_some() || typed.by_all || typed.random;
    let has_share = typed.percentage.is_some() || typed.ramp.is_some() || typed.weights.is_some();
    if !has_units && !has_share {
        return None;
    }
    let current = state.otherwise.as_ref();
    let mut report = |problem| problems.push(problem);
    let units = units(typed, current.and_then(Selector::rollout)).map_err(&mut report).ok();
    // The share is checked even if there is a problem with the units.
    let bucketer = units.clone().unwrap_or_else(Bucketer::random);
    let shared = match typed.weights.is_none() && !state.values.is_empty() && (has_share || !has_rollout(current)) {
        true => Err(Problem::new("--weights", "a flag with variants has shares; set them, such as light=90,dark=10")),
        false => share(bucketer, typed, declaration, current),
    };
    let shared = shared.map_err(&mut report).ok();
    units.and(shared)
}

fn has_rollout(selector: Option<&Selector>) -> bool {
    selector.is_some_and(|selector| selector.rollout().is_some())
}

/// Returns a bucketer with the typed units, without a share.
fn units(typed: &args::Bucketer, current: Option<&Rollout>) -> Result<Bucketer, Problem> {
    if let Some(by) = &typed.by {
        if by.trim().is_empty() {
            return Err(Problem::new("--by", "an attribute is missing; all attributes are --by-all"));
        }
        let keys = values::list(by).map_err(|message| Problem::new("--by", format!("{}: {message}", quoted(by))))?;
        return Ok(Bucketer::consistent(keys));
    }
    match current {
        _ if typed.by_all => Ok(Bucketer::consistent::<String>([])),
        _ if typed.random => Ok(Bucketer::random()),
        Some(rollout) if rollout.by.is_random() => Ok(Bucketer::random()),
        Some(rollout) => Ok(Bucketer::consistent(rollout.by.names())),
        None => {
            let message = "a bucketer needs the attributes whose values are the units; set --by, --by-all or --random";
            Err(Problem::new("--by", message))
        }
    }
}

/// Adds the typed share to a bucketer, or the current one, and returns a note about completed shares.
fn share(
    bucketer: Bucketer,
    typed: &args::Bucketer,
    declaration: &Declaration,
    current: Option<&Selector>,
) -> Result<(Bucketer, Option<String>), Problem> {
    if let Some(percentage) = &typed.percentage {
        return Ok((bucketer.percentage(percent("--percentage", percentage)?), None));
    }
    if let Some(range) = &typed.ramp {
        return Ok((ramp(bucketer, range, typed)?, None));
    }
    if let Some(text) = &typed.weights {
        let mut weights = weights::parse("--weights", text, declaration)?;
        let note = weights::complete("--weights", &mut weights, current, declaration)?;
        return Ok((bucketer.weights(weights), note));
    }
    let Some(rollout) = current.and_then(Selector::rollout) else { return Ok((bucketer, None)) };
    let end = rollout.ramp.as_ref().and_then(Ramp::span).map(|(_, end)| end);
    if end.is_some_and(|end| end > Timestamp::from(SystemTime::now())) {
        let message = "a ramp is in progress; set another one, or end it with --percentage";
        return Err(Problem::new("--ramp", message));
    }
    Ok((bucketer.weights(rollout.weights.iter().map(|(name, percent)| (name.clone(), percent.0))), None))
}

fn ramp(bucketer: Bucketer, range: &str, typed: &args::Bucketer) -> Result<Bucketer, Problem> {
    let Some((from, to)) = range.split_once("..") else {
        return Err(Problem::new(
            "--ramp",
            format!("{} is not a range; write FROM..TO, such as 20..80", quoted(range)),
        ));
    };
    let (from, to) = (percent("--ramp", from)?, percent("--ramp", to)?);
    let over = typed.over.as_deref().unwrap_or_default();
    let duration = duration(over).ok_or_else(|| {
        Problem::new("--over", format!("{} is not a duration; write, for example, 30m or 1h 30m", quoted(over)))
    })?;
    let bucketer = bucketer.ramp(from, to, duration);
    match &typed.starts_at {
        None => Ok(bucketer),
        Some(text) => match text.parse::<Timestamp>() {
            Ok(start) => Ok(bucketer.starts_at(start)),
            Err(error) => Err(Problem::new("--starts-at", error.message())),
        },
    }
}

fn percent(path: &str, text: &str) -> Result<f64, Problem> {
    weights::percent(text).ok_or_else(|| Problem::new(path, format!("{} is not a percentage", quoted(text.trim()))))
}

/// Parses a duration as states have it.
fn duration(text: &str) -> Option<Duration> {
    Ramp::new(Timestamp::from_millis(0).to_string(), text).span().map(|(start, end)| end.since(start))
}
