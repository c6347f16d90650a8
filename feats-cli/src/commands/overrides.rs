//! `feats override`: certain units get a certain implementation, before all rules.

use feats::model::{Declaration, Override as Model};
use feats::text::quoted;
use feats::{Problem, Value};

use crate::args::Override;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::names::{self, SegmentName};
use crate::{proposal, values};

pub(super) async fn run(context: &Context, arguments: &Override) -> Result<Exit> {
    match arguments {
        Override::Add { feature, units, implementation, publishing } => {
            let feature = context.feature(feature)?;
            let (segment, values) = read(feature.declaration(), units)?;
            let implementation = names::implementation(feature.declaration(), implementation);
            let mut added = Model::new(segment.segment, values, implementation);
            added.input = segment.of;
            proposal::publish(context, &feature, feature.edit().add_override(added), publishing).await
        }
        Override::Remove { feature, units, publishing } => {
            let feature = context.feature(feature)?;
            let (segment, values) = read(feature.declaration(), units)?;
            let change = feature.edit().remove_override(segment.segment, values);
            proposal::publish(context, &feature, change, publishing).await
        }
    }
}

/// Units as typed: `UserId=42,43`.
fn read(declaration: &Declaration, units: &str) -> Result<(SegmentName, Vec<Value<'static>>)> {
    let Some((name, values)) = units.split_once('=').filter(|(_, values)| !values.trim().is_empty()) else {
        let message = format!("{} names no units; write UserId=42,43", quoted(units));
        return Err(Failure::problem(Problem::new("overrides", message)));
    };
    let segment = SegmentName::find(declaration, name.trim());
    let values = values::list(values)
        .map_err(|message| Failure::problem(Problem::new("overrides", format!("{}: {message}", quoted(units)))))?;
    let values = values.iter().map(|value| segment.value(value)).collect();
    Ok((segment, values))
}
