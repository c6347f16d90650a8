//! `feats remove`: publishes a tombstone, so that the default is served. The history is kept.

use crate::args::Remove;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Result;
use crate::proposal;

pub(super) async fn run(context: &Context, arguments: &Remove) -> Result<Exit> {
    let feature = context.feature(&arguments.feature)?;
    proposal::publish(context, &feature, feature.remove_state(), &arguments.publishing).await
}
