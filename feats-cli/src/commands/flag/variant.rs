//! `feats flag variant`: adds, changes and removes variants.

use feats::Error;

use super::publish::publish;
use super::settings::json;
use crate::args::FlagVariant;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Result;

pub(super) async fn run(context: &Context, arguments: &FlagVariant) -> Result<Exit> {
    let flag = context.flag(&arguments.flag)?;
    let write = match &arguments.value {
        // The command line has a value or `--remove`.
        None => flag.remove_variant(&arguments.variant),
        Some(text) => {
            let value = json("value", text);
            let value = value.map_err(|problem| Error::invalid(vec![problem]).with_feature(flag.name()))?;
            flag.set_variant(&arguments.variant, value)
        }
    };
    let published = publish(context, &flag, write, &arguments.publishing).await;
    published.map_err(|failure| {
        let is_served = failure.problems().iter().any(|problem| !problem.path().starts_with("values"));
        match arguments.remove && is_served {
            true => failure.hint(
                "serve another variant in these places first: `feats otherwise`, `feats flag bucketer --weights`",
            ),
            false => failure,
        }
    })
}
