//! `feats limits`: the limits on states, names and requests. Needs no store.

use feats::model::limits;
use serde::Serialize;

use crate::exit::Exit;
use crate::failure::Result;
use crate::output::{Output, Page, Render};

pub(crate) fn run(output: Output) -> Result<Exit> {
    let limits = limits::all().iter().map(|limit| Row {
        name: limit.name,
        value: limit.value,
        unit: limit.unit,
        about: limit.about,
    });
    output.show(&Limits { limits: limits.collect() })?;
    Ok(Exit::Success)
}

#[derive(Serialize)]
struct Limits {
    limits: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    name: &'static str,
    value: u64,
    unit: &'static str,
    about: &'static str,
}

impl Render for Limits {
    fn write(&self, page: &mut Page) {
        let rows = self.limits.iter().map(|limit| {
            [limit.name.to_owned(), limit.value.to_string(), limit.unit.to_owned(), limit.about.to_owned()]
        });
        page.table(["LIMIT", "MAXIMUM", "UNIT", "DESCRIPTION"], rows);
    }
}
