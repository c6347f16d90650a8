//! `feats pin` and `feats unpin`: one implementation for everyone, regardless of rules.

use crate::args::{Pin, Unpin};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Result;
use crate::names::{declaration, implementation};
use crate::proposal;

pub(super) async fn pin(context: &Context, arguments: &Pin) -> Result<Exit> {
    let feature = context.feature_to_change(&arguments.feature)?;
    let change = feature.pin(implementation(&declaration(&feature), &arguments.implementation));
    proposal::publish(context, &feature, change, &arguments.publishing).await
}

pub(super) async fn unpin(context: &Context, arguments: &Unpin) -> Result<Exit> {
    let feature = context.feature_to_change(&arguments.feature)?;
    proposal::publish(context, &feature, feature.unpin(), &arguments.publishing).await
}
