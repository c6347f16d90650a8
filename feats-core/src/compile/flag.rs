//! Compilation of the parts of a state that flags have.

use std::io;
use std::sync::Arc;

use super::Compiler;
use super::route::gate::Gate as CompiledGate;
use super::route::matcher::CompiledCondition;
use super::route::select::Select;
use super::route::source::Source;
use crate::error::quoted;
use crate::model::limits::{MAX_CLIENT_DATA_BYTES, MAX_RULES};
use crate::model::{FlagState, Gate, State, join};
use crate::text::check_name;

impl<'a> Compiler<'a> {
    /// Returns the source of an attribute of a flag's subjects. Every name is allowed.
    pub(super) fn flag_attribute(&mut self, path: &str, name: &str, input: Option<&str>) -> Option<Source> {
        if input.is_some() {
            self.problem(&join(path, "input"), "a flag has no inputs; remove \"input\"");
        }
        if let Err(message) = check_name(name) {
            self.problem_on_publish(&join(path, "segment"), message);
        }
        self.flag_attributes.position(name).map(Source::new)
    }

    /// Checks the presence of `flag`, which flags have and features of the code do not have, and its data.
    pub(super) fn check_flag(&mut self, state: &State) {
        match (&state.flag, self.context.declaration.flag) {
            (None, true) => {
                let message = "this is a flag, so its state needs \"flag\"; only a feature that code declares has none";
                self.problem_on_publish("flag", message);
            }
            (Some(_), false) => {
                let message = format!("{} is not a flag; remove \"flag\"", quoted(&self.context.declaration.name));
                self.problem_on_publish("flag", message);
            }
            (Some(flag), true) => self.check_flag_data(flag),
            (None, false) => {}
        }
    }

    fn check_flag_data(&mut self, flag: &FlagState) {
        if let Err(message) = check_name(&flag.created_by) {
            self.problem_on_publish("flag.created_by", message);
        }
        for (key, value) in &flag.client_data {
            self.check_depth("flag.client_data", key, value);
        }
        let mut counter = ByteCounter(0);
        // Counting cannot fail, and neither can the serialization of JSON.
        let _ = serde_json::to_writer(&mut counter, &flag.client_data);
        if counter.0 > MAX_CLIENT_DATA_BYTES {
            let message = format!(
                "client data can have at most {MAX_CLIENT_DATA_BYTES} bytes as JSON, and this has {}",
                counter.0
            );
            self.problem("flag.client_data", message);
        }
    }

    pub(super) fn gate(&mut self, path: &str, gate: &'a Gate) -> Option<Select> {
        let conditions_path = join(path, "conditions");
        self.check_limit(&conditions_path, gate.conditions.len(), MAX_RULES);
        let mut conditions = Vec::new();
        let mut is_usable = true;
        for (index, condition) in gate.conditions.iter().enumerate().take(MAX_RULES) {
            match self.condition(&format!("{conditions_path}[{index}]"), condition, 0) {
                Some(condition) => push_checks(condition, &mut conditions),
                None => is_usable = false,
            }
        }
        let pass = gate.pass.as_ref().map(|name| self.implementation(&join(path, "pass"), name));
        let fail = self.implementation(&join(path, "fail"), &gate.fail);
        let pass = match pass {
            Some(None) => return None,
            Some(Some(choice)) => Some(choice),
            None => None,
        };
        let (missing, fail) = (gate.missing, fail?);
        is_usable.then(|| Select::Gate(Arc::new(CompiledGate { checks: conditions.into(), missing, pass, fail })))
    }
}

/// Adds the checks of a condition: the parts of an `all`, because each counts on its own.
fn push_checks(condition: CompiledCondition, checks: &mut Vec<CompiledCondition>) {
    match condition {
        CompiledCondition::All(parts) => parts.iter().for_each(|part| push_checks(part.clone(), checks)),
        check => checks.push(check),
    }
}

/// A writer that only counts.
struct ByteCounter(usize);

impl io::Write for ByteCounter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.saturating_add(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
