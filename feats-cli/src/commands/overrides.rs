//! `feats override`: the implementation of certain units, before any rule applies.

use feats::model::{Declaration, Override as UnitOverride};
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
            let feature = context.feature_to_change(feature)?;
            let declaration = names::declaration(&feature);
            let (segment, values) = parse(&declaration, units)?;
            let implementation = names::implementation(&declaration, implementation);
            let mut added = UnitOverride::new(segment.segment, values, implementation);
            added.input = segment.input;
            proposal::publish(context, &feature, feature.edit().add_override(added), publishing).await
        }
        Override::Remove { feature, units, publishing } => {
            let feature = context.feature_to_change(feature)?;
            let (segment, values) = parse(&names::declaration(&feature), units)?;
            let change = feature.edit().remove_override(segment.segment, values);
            proposal::publish(context, &feature, change, publishing).await
        }
    }
}

/// Parses units such as `UserId=42,43`.
fn parse(declaration: &Declaration, units: &str) -> Result<(SegmentName, Vec<Value<'static>>)> {
    let Some((name, values)) = units.split_once('=').filter(|(_, values)| !values.trim().is_empty()) else {
        let message = format!("{} has no units; write SEGMENT=VALUES, such as UserId=42,43", quoted(units));
        return Err(Failure::problem(Problem::new("overrides", message)));
    };
    let segment = SegmentName::find(declaration, name.trim());
    let values = values::list(values)
        .map_err(|message| Failure::problem(Problem::new("overrides", format!("{}: {message}", quoted(units)))))?;
    let values = values.iter().map(|value| segment.value(value)).collect();
    Ok((segment, values))
}
