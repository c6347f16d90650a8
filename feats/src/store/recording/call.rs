//! One call, and its line.

use std::time::{Instant, SystemTime};

use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::output::Output;
use crate::error::Result;
use crate::model::Timestamp;

/// The maximum number of characters of a name in a line.
const MAX_NAME_CHARS: usize = 200;

/// A call in progress. Its line is written when it ends, or when it is dropped because its caller cancelled it.
pub(super) struct Call<'a> {
    output: &'a Output,
    started: Instant,
    line: Line,
}

#[derive(Serialize)]
struct Line {
    time: Timestamp,
    call: &'static str,
    #[serde(flatten)]
    fields: Map<String, Json>,
    outcome: String,
    us: u64,
}

impl<'a> Call<'a> {
    pub(super) fn start(output: &'a Output, call: &'static str) -> Self {
        let time = SystemTime::now().into();
        let line = Line { time, call, fields: Map::new(), outcome: "cancelled".to_owned(), us: 0 };
        Self { output, started: Instant::now(), line }
    }

    /// Adds a number, or a text that is bounded already.
    pub(super) fn with(mut self, field: &str, value: impl Into<Json>) -> Self {
        self.add(field, value);
        self
    }

    /// Adds a name, cut to the maximum.
    pub(super) fn with_name(self, field: &str, name: &str) -> Self {
        let name: String = name.chars().take(MAX_NAME_CHARS).collect();
        self.with(field, name)
    }

    fn add(&mut self, field: &str, value: impl Into<Json>) {
        self.line.fields.insert(field.to_owned(), value.into());
    }

    /// Ends the call with its result.
    pub(super) fn end<T>(self, result: Result<T>) -> Result<T> {
        self.end_with(result, |_| ("ok", []))
    }

    /// Ends the call with its result. `describe` returns the outcome of a success, and sizes to add.
    pub(super) fn end_with<T, const N: usize>(
        mut self,
        result: Result<T>,
        describe: impl FnOnce(&T) -> (&'static str, [(&'static str, usize); N]),
    ) -> Result<T> {
        self.line.outcome = match &result {
            Ok(success) => {
                let (outcome, sizes) = describe(success);
                sizes.into_iter().for_each(|(field, size)| self.add(field, size));
                outcome.to_owned()
            }
            Err(error) => format!("{:?}", error.kind()),
        };
        result
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        self.line.us = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX);
        if let Ok(mut line) = serde_json::to_string(&self.line) {
            line.push('\n');
            self.output.write(line);
        }
    }
}
