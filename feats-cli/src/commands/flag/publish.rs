//! Writes of flags, published or only shown.

use feats::flags::{Flag, FlagWrite};

use crate::args::Publishing;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Result;
use crate::proposal::Proposal;

/// Publishes one write of a flag, or only shows what it would do.
pub(super) async fn publish(context: &Context, flag: &Flag, write: FlagWrite, publishing: &Publishing) -> Result<Exit> {
    propose(context, flag, write, publishing).await?.finish_if_changed(context, publishing).await
}

/// Returns the change of one write, with its impact.
pub(super) async fn propose(
    context: &Context,
    flag: &Flag,
    write: FlagWrite,
    publishing: &Publishing,
) -> Result<Proposal> {
    let change = write.into_change().map_err(|error| match flag.meta().is_archived() {
        true => context.archived(flag.name(), error),
        false => error.into(),
    })?;
    Proposal::new(&flag.as_feature()?, change, publishing).await
}
