//! `feats export`: states as a document.

use std::collections::BTreeMap;

use feats::{Dynamic, Error, ErrorKind, FeatureHandle, State};

use crate::args::Export;
use crate::context::Context;
use crate::document::{Document, Exported, FORMAT};
use crate::exit::Exit;
use crate::failure::{Failure, Result};

pub(super) async fn run(context: &Context, arguments: &Export) -> Result<Exit> {
    let mut features = BTreeMap::new();
    if arguments.features.is_empty() {
        for declaration in context.app.declarations() {
            let feature = context.feature(&declaration.name)?;
            features.extend(exported(&feature)?.map(|exported| (feature.name().to_owned(), exported)));
        }
        let undeclared = context.undeclared().await?;
        context.output.note(|page| {
            for feature in undeclared.keys() {
                page.line(format_args!("warning: {feature} is not exported, because no program declares it"));
            }
        });
    }
    for name in &arguments.features {
        let feature = context.feature(name)?;
        let empty = || Exported { version: feature.version(), state: State::default().to_json() };
        let exported = exported(&feature)?.unwrap_or_else(empty);
        features.insert(name.clone(), exported);
    }
    let document = Document { format: FORMAT, features };
    context.output.print(&if arguments.yaml { document.to_yaml()? } else { document.to_json() })?;
    Ok(Exit::Success)
}

/// Returns the current state, or `None` if there is none or it was removed.
fn exported(feature: &FeatureHandle<Dynamic>) -> Result<Option<Exported>> {
    match feature.revision() {
        Some(revision) if revision.is_removed() => Ok(None),
        Some(revision) => Ok(Some(Exported { version: revision.version(), state: revision.state_json().clone() })),
        None if feature.version() == 0 => Ok(None),
        None => {
            let message = format!("version {} cannot be read and was not exported", feature.version());
            let error = Error::new(ErrorKind::Corrupt, message).with_feature(feature.name());
            Err(Failure::from(error).hint("`feats status` shows the reason; to export other features, name them"))
        }
    }
}
