//! `feats rule`: add, move and remove rules.

use feats::model::{Condition, Declaration, Rollout, Selector, StrictJson};
use feats::text::without_bom;
use feats::{Change, Dynamic, Error, Problem, State};
use serde_json::json;

use super::rollout;
use crate::args::{Rule, RuleAdd, RuleMove, RuleRemove};
use crate::condition::{self, Vocabulary};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::{names, proposal, weights};

pub(super) async fn run(context: &Context, arguments: &Rule) -> Result<Exit> {
    match arguments {
        Rule::Add(arguments) => add(context, arguments).await,
        Rule::Move(arguments) => move_to(context, arguments).await,
        Rule::Remove(RuleRemove { feature, rule, publishing }) => {
            let feature = context.feature_to_change(feature)?;
            proposal::publish(context, &feature, feature.edit().remove_rule(rule), publishing).await
        }
    }
}

async fn add(context: &Context, arguments: &RuleAdd) -> Result<Exit> {
    let feature = context.feature_to_change(&arguments.feature)?;
    let state = feature.state();
    let exists = state.rules.iter().any(|rule| rule.name == arguments.rule);
    if exists && !arguments.replace {
        let problem = Problem::new("rules", format!("a rule named {:?} exists already", arguments.rule));
        let hint = "--replace replaces it; `feats rollout` changes only its shares";
        return Err(Failure::problem(problem).hint(hint));
    }
    let declaration = names::declaration(&feature);
    let mut problems = Vec::new();
    let when = audience(arguments, &context.vocabulary(&declaration).await?, &mut problems);
    let select = selector(arguments, &declaration, &mut problems);
    let (Some(select), true) = (select, problems.is_empty()) else {
        return Err(Error::invalid(problems).with_feature(feature.name()).into());
    };
    let mut change = feature.edit().rule(&arguments.rule, when, select);
    if let Some(before) = arguments.before.as_deref().or(first(arguments.first, &state, &arguments.rule)) {
        change = change.move_before(&arguments.rule, before);
    }
    proposal::publish(context, &feature, change, &arguments.publishing).await
}

async fn move_to(context: &Context, arguments: &RuleMove) -> Result<Exit> {
    let feature = context.feature_to_change(&arguments.feature)?;
    let state = feature.state();
    let change: Change<Dynamic> = match arguments.before.as_deref().or(first(arguments.first, &state, "")) {
        Some(before) => feature.edit().move_before(&arguments.rule, before),
        None => feature.edit().move_last(&arguments.rule),
    };
    proposal::publish(context, &feature, change, &arguments.publishing).await
}

/// Returns the first rule other than `rule`, if `is_first` is set.
fn first<'s>(is_first: bool, state: &'s State, rule: &str) -> Option<&'s str> {
    let mut names = state.rules.iter().map(|known| known.name.as_str());
    names.find(|name| is_first && *name != rule)
}

fn audience(arguments: &RuleAdd, vocabulary: &Vocabulary<'_>, problems: &mut Vec<Problem>) -> Condition {
    let mut all = Vec::new();
    for text in &arguments.when {
        match condition::parse("--when", text, vocabulary) {
            Ok(condition) => all.push(condition),
            Err(problem) => problems.push(problem),
        }
    }
    if let Some(text) = &arguments.when_json {
        all.extend(from_json(text).map_err(|found| problems.extend(found)));
    }
    match <[Condition; 1]>::try_from(all) {
        Ok([only]) => only,
        Err(all) => Condition::All { all },
    }
}

/// Parses a condition as part of a state, because feats-core parses conditions only there.
fn from_json(text: &str) -> Result<Condition, Vec<Problem>> {
    const OPTION: &str = "--when-json";
    let unreadable = |message: String| vec![Problem::new(OPTION, message)];
    let StrictJson(when) = serde_json::from_str(without_bom(text))
        .map_err(|error| unreadable(format!("this is not valid JSON: {error}")))?;
    // In a state, `null` means everyone. Here it is more likely a mistake in a script.
    if when.is_null() {
        return Err(unreadable("null is not a condition; use --everyone to match everyone".to_owned()));
    }
    let mut state = State::from_json(&json!({ "rules": [{ "when": when, "name": "", "select": { "static": "" } }] }));
    let problems: Vec<_> = state.problems().iter().map(|problem| at_option(problem, OPTION)).collect();
    match state.rules.pop() {
        Some(rule) if problems.is_empty() => Ok(rule.when),
        _ => Err(problems),
    }
}

/// Replaces the path of the temporary rule by the name of the option.
fn at_option(problem: &Problem, option: &str) -> Problem {
    let moved = Problem::new(problem.path().replacen("rules[0].when", option, 1), problem.message());
    match problem.suggestion() {
        Some(meant) => moved.with_suggestion(meant, [meant]),
        None => moved,
    }
}

fn selector(arguments: &RuleAdd, declaration: &Declaration, problems: &mut Vec<Problem>) -> Option<Selector> {
    let select = &arguments.select;
    if let Some(implementation) = &select.implementation {
        return Some(Selector::Static(names::implementation(declaration, implementation)));
    }
    let (option, weights) = match &select.experiment {
        Some(weights) => ("--experiment", weights.as_str()),
        None => ("--rollout", select.rollout.as_deref().unwrap_or_default()),
    };
    let weights = weights::parse(option, weights, declaration).map_err(|problem| problems.push(problem)).ok()?;
    let mut new = Rollout::new("", weights);
    rollout::shape(&mut new, &select.shape, declaration, problems);
    Some(match select.experiment {
        Some(_) => rollout::experiment(new, select.shape.share, None).into(),
        None => new.into(),
    })
}
