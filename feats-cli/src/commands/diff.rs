//! `feats diff`: the differences between two versions.

use std::time::SystemTime;

use feats::describe::{Difference, differences};
use feats::{Dynamic, FeatureHandle, State, Timestamp};
use serde::Serialize;

use crate::args::Diff;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Result;
use crate::output::{Page, Render};

pub(super) async fn run(context: &Context, arguments: &Diff) -> Result<Exit> {
    let feature = context.feature_with_history(&arguments.feature)?;
    let to = arguments.to.unwrap_or_else(|| feature.version());
    let from = arguments.from.unwrap_or_else(|| to.saturating_sub(1));
    let (before, after) = (state_at(&feature, from).await?, state_at(&feature, to).await?);
    let differences = differences(&before, &after, Timestamp::from(SystemTime::now()));
    let diff = VersionDiff { feature: feature.name().to_owned(), from, to, differences };
    let exit = if diff.differences.is_empty() { Exit::Success } else { Exit::Negative };
    context.output.show(&diff)?;
    Ok(exit)
}

async fn state_at(feature: &FeatureHandle<Dynamic>, version: u64) -> Result<State> {
    match version {
        0 => Ok(State::default()),
        version => Ok(feature.revision_at(version).await?.state()),
    }
}

#[derive(Serialize)]
struct VersionDiff {
    feature: String,
    from: u64,
    to: u64,
    differences: Vec<Difference>,
}

impl Render for VersionDiff {
    fn write(&self, page: &mut Page) {
        if self.differences.is_empty() {
            page.line(format_args!("{}: no difference between versions {} and {}", self.feature, self.from, self.to));
            return;
        }
        page.heading(format_args!("{}: version {} to {}", self.feature, self.from, self.to));
        self.differences.iter().for_each(|difference| page.difference(difference));
    }
}
