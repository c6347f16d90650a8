//! `feats rollback`: restores an earlier version.

use crate::args::{Publishing, Rollback};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Result;
use crate::proposal;

pub(super) async fn run(context: &Context, arguments: &Rollback) -> Result<Exit> {
    let feature = context.feature(&arguments.feature)?;
    // A rollback undoes a reshuffle, so it needs no confirmation.
    let publishing = Publishing { allow_reshuffle: true, ..arguments.publishing.clone() };
    proposal::publish(context, &feature, feature.rollback_to(arguments.to), &publishing).await
}
