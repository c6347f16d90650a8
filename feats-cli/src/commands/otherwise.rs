//! `feats otherwise`: what is served to everyone not matched by a rule.

use feats::model::Selector;

use crate::args::Otherwise;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Result;
use crate::names::{declaration, implementation};
use crate::proposal;

pub(super) async fn run(context: &Context, arguments: &Otherwise) -> Result<Exit> {
    let feature = context.feature_to_change(&arguments.feature)?;
    let change = match &arguments.implementation {
        Some(name) => feature.edit().otherwise(Selector::Static(implementation(&declaration(&feature), name))),
        None => feature.edit().otherwise_default(),
    };
    proposal::publish(context, &feature, change, &arguments.publishing).await
}
