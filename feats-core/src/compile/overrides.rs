//! Compilation of overrides.

use std::sync::Arc;

use super::route::UnitOverrides;
use super::route::lookup::Lookup;
use super::route::source::Source;
use super::{Compiler, shared};
use crate::model::{State, Value, join, limits};

impl Compiler<'_> {
    pub(super) fn overrides(&mut self, state: &State) -> Arc<[UnitOverrides]> {
        self.check_limit("overrides", state.overrides.len(), limits::MAX_OVERRIDES);
        let mut compiled: Vec<(Source, Vec<(&Value<'static>, u16)>)> = Vec::new();
        for (index, unit_override) in state.overrides.iter().enumerate().take(limits::MAX_OVERRIDES) {
            let path = format!("overrides[{index}]");
            let values_path = join(&path, "values");
            self.check_limit(&values_path, unit_override.values.len(), limits::MAX_VALUES);
            let Some(()) = self.spend_values(&values_path, &unit_override.values) else { continue };
            let (name, input) = (&unit_override.segment, unit_override.input.as_deref());
            let found = match self.context.declaration.flag {
                true => self.flag_attribute(&path, name, input).map(|source| (source, None)),
                false => self.segment(&path, name, input).map(|(source, segment)| (source, Some(segment))),
            };
            let choice = self.implementation(&join(&path, "use"), &unit_override.choice);
            let Some((source, segment)) = found else { continue };
            for (position, value) in unit_override.values.iter().enumerate() {
                let path = format!("{values_path}[{position}]");
                self.check_number(|| path.clone(), value);
                if let Some(segment) = &segment {
                    self.check_operand(&path, value, segment);
                }
            }
            let Some(choice) = choice else { continue };
            let pairs = unit_override.values.iter().map(|value| (value, choice));
            match compiled.last_mut() {
                Some((last, values)) if *last == source => values.extend(pairs),
                _ => compiled.push((source, pairs.collect())),
            }
        }
        let overrides = compiled.into_iter();
        let lookup = |values: Vec<(&Value<'static>, u16)>| Lookup::new(values.into_iter());
        shared(overrides.map(|(source, values)| UnitOverrides { source, choices: lookup(values) }).collect())
    }
}
