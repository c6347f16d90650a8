//! `feats flag create`: a new flag.

use feats::flags::NewFlag;
use feats::model::{Declaration, Selector};
use feats::text::quoted;
use feats::{Error, Problem, State};
use serde_json::Value as Json;

use super::bucketer;
use super::settings::{conditions, json, missing_attribute};
use crate::args::FlagCreate;
use crate::context::{Context, address_as_name, user};
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::location::is_address;
use crate::proposal;

pub(super) async fn run(context: &Context, arguments: &FlagCreate) -> Result<Exit> {
    if is_address(&arguments.flag) {
        return Err(address_as_name("flag"));
    }
    let (new, note) = new_flag(context, arguments).await?;
    let change = new.into_change().await.map_err(|error| already_exists(context, &arguments.flag, error))?;
    let feature = context.app.flags().get(&arguments.flag).as_feature()?;
    proposal::publish_noted(context, &feature, change, &arguments.publishing, note.into_iter().collect()).await
}

/// Returns the flag with the settings of the command line, and a note about the shares that were completed.
async fn new_flag(context: &Context, arguments: &FlagCreate) -> Result<(NewFlag, Option<String>)> {
    let mut problems = Vec::new();
    let variants = variants(&arguments.variants, &mut problems);
    let mut state = State::default();
    state.values = variants.iter().cloned().collect();
    // The first variant gets the shares that --weights leaves out.
    state.otherwise = variants.first().map(|(name, _)| Selector::Static(name.clone()));
    let declaration = Declaration::flag(&arguments.flag);
    let declaration = declaration.editable_with(&state);
    let vocabulary = context.vocabulary(&declaration).await?;
    let conditions = conditions("--condition", &arguments.condition, &vocabulary, &mut problems);
    let bucketer = bucketer::parse(&arguments.bucketer, &declaration, &state, &mut problems);
    let data = arguments.data.as_ref().map(|text| json("--data", text)).transpose();
    let data = data.map_err(|problem| problems.push(problem)).ok().flatten();
    if !problems.is_empty() {
        return Err(Error::invalid(problems).with_feature(&*arguments.flag).into());
    }
    let mut flags = context.app.flags();
    if let Some(author) = arguments.publishing.author.clone().or_else(user) {
        flags = flags.author(author);
    }
    let mut new = match variants.is_empty() {
        true => flags.create(&arguments.flag),
        false => flags.create_variants(&arguments.flag, variants),
    };
    new = conditions.into_iter().fold(new, NewFlag::condition);
    if arguments.enabled {
        new = new.enabled();
    }
    if let Some(data) = data {
        new = new.client_data(data);
    }
    if let Some(missing) = arguments.missing {
        new = new.missing_attribute(missing_attribute(missing));
    }
    let Some((bucketer, note)) = bucketer else { return Ok((new, None)) };
    Ok((new.bucketer(bucketer), note))
}

/// Parses variants such as `light="#fff"`.
fn variants(texts: &[String], problems: &mut Vec<Problem>) -> Vec<(String, Json)> {
    let parse = |text: &String| {
        let parsed = match text.split_once('=') {
            Some((name, value)) => json("--variants", value).map(|value| (name.trim().to_owned(), value)),
            None => {
                let message = format!("{} is not a variant; write NAME=JSON, such as light='\"#fff\"'", quoted(text));
                Err(Problem::new("--variants", message))
            }
        };
        parsed.map_err(|problem| problems.push(problem)).ok()
    };
    texts.iter().filter_map(parse).collect()
}

fn already_exists(context: &Context, name: &str, error: Error) -> Failure {
    let flag = context.app.flags().get(name);
    let hint = |command: &[&str], effect: &str| format!("`{}` {effect}", context.command(command));
    let hint = match (error.is_already_exists(), flag.exists(), flag.meta().is_archived()) {
        (false, ..) => return error.into(),
        (true, true, true) => hint(&["flag", "restore", name], "restores it"),
        (true, true, false) => hint(&["flag", "show", name], "shows it"),
        (true, false, _) => hint(&["show", name], "shows it"),
    };
    Failure::from(error).hint(hint)
}
