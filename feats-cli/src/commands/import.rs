//! `feats import`: publishes the states of a document. All states are checked before the first one is published.

use feats::{Change, Dynamic, Error, FeatureHandle, Problem, Problems, State};
use serde::Serialize;

use crate::args::Import;
use crate::context::Context;
use crate::document;
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::output::{Page, Render};
use crate::proposal::{self, Changed, Proposal};

pub(super) async fn run(context: &Context, arguments: &Import) -> Result<Exit> {
    let states = document::states(document::read(&arguments.file)?, arguments.feature.as_deref())?;
    if arguments.publishing.expect_version.is_some() && states.len() != 1 {
        let message = "--expect-version applies to one feature; select it with --feature".to_owned();
        return Err(Failure::Usage(message));
    }
    let (unchanged, proposals): (Vec<_>, Vec<_>) =
        propose(context, arguments, states).await?.into_iter().partition(Proposal::is_unchanged);
    let unchanged = unchanged.iter().map(|proposal| proposal.feature().to_owned()).collect();
    let changed = if arguments.publishing.dry_run {
        proposals.iter().map(Proposal::preview).collect()
    } else {
        proposal::confirm_reshuffle(context, &proposals, &arguments.publishing)?;
        publish(context, proposals).await?
    };
    context.output.show(&Imported { changed, unchanged })?;
    Ok(Exit::Success)
}

/// Returns every change with its impact, or the problems of all changes.
async fn propose(context: &Context, arguments: &Import, states: Vec<(String, State)>) -> Result<Vec<Proposal>> {
    // With a single feature, the error names it, so that paths need not.
    let is_single = states.len() == 1;
    let (mut proposals, mut problems) = (Vec::new(), Problems::default());
    for (name, state) in states {
        let path = document::path(&name);
        let proposed = match change(context, &name, state).await {
            Ok((feature, change)) => Proposal::new(&feature, change, &arguments.publishing).await,
            Err(failure) => Err(failure),
        };
        match proposed {
            Ok(proposal) => proposals.push(proposal),
            Err(failure) if is_single => return Err(failure),
            Err(Failure::Feats(error, _)) if !error.problems().is_empty() => {
                let path = format!("{path}.state");
                problems.extend(error.problems().iter().map(|problem| problem.clone().within(&path)));
            }
            Err(Failure::Feats(error, _)) if error.is_not_found() => {
                problems.push(|| Problem::new(path, error.message()))
            }
            Err(failure) => return Err(failure),
        }
    }
    if problems.is_empty() { Ok(proposals) } else { Err(Error::invalid(problems.into_vec()).into()) }
}

/// Returns the change of a feature to a state. A flag need not exist.
async fn change(context: &Context, name: &str, state: State) -> Result<(FeatureHandle<Dynamic>, Change<Dynamic>)> {
    match context.feature(name) {
        Ok(feature) => Ok((feature.clone(), feature.edit().replace(state))),
        Err(_) if state.flag.is_some() => {
            let new = context.app.flags().create(name).into_change().await?;
            Ok((context.app.flags().get(name).as_feature()?, new.replace(state)))
        }
        Err(failure) => Err(failure),
    }
}

/// Publishes one change after the other. If one fails, the error lists those that were published.
async fn publish(context: &Context, proposals: Vec<Proposal>) -> Result<Vec<Changed>> {
    let mut changed: Vec<Changed> = Vec::new();
    for proposal in proposals {
        match proposal.publish(context).await {
            Ok(published) => changed.push(published),
            Err(failure) if changed.is_empty() => return Err(failure),
            Err(failure) => {
                let published: Vec<String> = changed.iter().map(Changed::name_and_version).collect();
                return Err(failure.hint(format!("already published: {}", published.join(", "))));
            }
        }
    }
    Ok(changed)
}

#[derive(Serialize)]
struct Imported {
    changed: Vec<Changed>,
    /// The features whose state would not change.
    unchanged: Vec<String>,
}

impl Render for Imported {
    fn write(&self, page: &mut Page) {
        self.changed.iter().for_each(|changed| changed.write(page));
        self.unchanged.iter().for_each(|feature| page.line(format_args!("{feature}: unchanged")));
    }
}
