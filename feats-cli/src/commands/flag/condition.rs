//! `feats flag condition`: adds, replaces and removes conditions.

use feats::Error;
use feats::flags::{Flag, FlagWrite};

use super::publish::publish;
use super::settings::{conditions, missing_attribute};
use crate::args::{FlagCondition, FlagConditions};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Result;
use crate::names;

pub(super) async fn run(context: &Context, command: &FlagCondition) -> Result<Exit> {
    match command {
        FlagCondition::Add(arguments) => {
            let flag = context.flag(&arguments.flag)?;
            let parsed = parse(context, &flag, arguments).await?;
            let added = parsed.into_iter().map(|condition| flag.add_condition(condition)).reduce(FlagWrite::and);
            change(context, &flag, added, arguments).await
        }
        FlagCondition::Set(arguments) => {
            let flag = context.flag(&arguments.flag)?;
            let parsed = parse(context, &flag, arguments).await?;
            let replaced = (!parsed.is_empty()).then(|| flag.set_conditions(parsed));
            change(context, &flag, replaced, arguments).await
        }
        FlagCondition::Clear(arguments) => {
            let flag = context.flag(&arguments.flag)?;
            publish(context, &flag, flag.clear_conditions(), &arguments.publishing).await
        }
    }
}

/// Publishes a change of the conditions, and of what a missing attribute means.
async fn change(
    context: &Context,
    flag: &Flag,
    conditions: Option<FlagWrite>,
    arguments: &FlagConditions,
) -> Result<Exit> {
    let missing = arguments.missing.map(|missing| flag.set_missing_attribute(missing_attribute(missing)));
    match conditions.into_iter().chain(missing).reduce(FlagWrite::and) {
        Some(write) => publish(context, flag, write, &arguments.publishing).await,
        // The command line has conditions or `--missing`.
        None => Ok(Exit::Success),
    }
}

async fn parse(context: &Context, flag: &Flag, arguments: &FlagConditions) -> Result<Vec<feats::flags::Condition>> {
    let declaration = names::declaration(&flag.as_feature()?);
    let mut problems = Vec::new();
    let vocabulary = context.vocabulary(&declaration).await?;
    let parsed = conditions("condition", &arguments.conditions, &vocabulary, &mut problems);
    if problems.is_empty() { Ok(parsed) } else { Err(Error::invalid(problems).with_feature(flag.name()).into()) }
}
