//! `feats flag data`: prints or changes the client data of a flag.

use feats::Error;
use feats::flags::{Flag, FlagWrite};
use serde::Serialize;
use serde_json::Value as Json;

use super::publish::publish;
use super::settings::json;
use crate::args::FlagData;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Result;
use crate::output::{Page, Render, json_text};

pub(super) async fn run(context: &Context, arguments: &FlagData) -> Result<Exit> {
    let flag = context.flag(&arguments.flag)?;
    let merged = arguments.data.as_ref().map(|text| json("data", text)).transpose();
    let merged = merged.map_err(|problem| Error::invalid(vec![problem]).with_feature(flag.name()))?;
    let merged = merged.map(|data| flag.set_client_data(data));
    let removed = arguments.remove.iter().map(|key| flag.remove_client_data(key));
    match merged.into_iter().chain(removed).reduce(FlagWrite::and) {
        Some(write) => publish(context, &flag, write, &arguments.publishing).await,
        None => {
            context.output.show(&ClientData::from(&flag))?;
            Ok(Exit::Success)
        }
    }
}

#[derive(Serialize)]
struct ClientData {
    flag: String,
    version: u64,
    client_data: Json,
}

impl From<&Flag> for ClientData {
    fn from(flag: &Flag) -> Self {
        Self { flag: flag.name().to_owned(), version: flag.meta().version(), client_data: flag.client_data() }
    }
}

impl Render for ClientData {
    /// Writes the data alone, as JSON.
    fn write(&self, page: &mut Page) {
        page.paragraph(&json_text(&self.client_data));
    }
}
