//! `feats stale`: features past their day, for a step in continuous integration.

use feats::Timestamp;
use serde::Serialize;

use crate::context::Context;
use crate::exit::Exit;
use crate::expiry;
use crate::failure::Result;
use crate::output::{Page, View};

pub(super) fn run(context: &Context) -> Result<Exit> {
    let now = Timestamp::now();
    let declarations = context.app.declarations();
    let stale = declarations.iter().filter(|declaration| expiry::is_stale(declaration, now));
    let stale: Vec<Feature> = stale
        .map(|declaration| Feature {
            feature: declaration.name.to_string(),
            expires: declaration.expires.as_deref().unwrap_or_default().to_owned(),
            owner: declaration.owner.as_deref().map(str::to_owned),
            module: declaration.origin.as_ref().map(|origin| origin.module.to_string()),
        })
        .collect();
    let exit = if stale.is_empty() { Exit::Success } else { Exit::No };
    context.output.show(&Stale { stale })?;
    Ok(exit)
}

#[derive(Serialize)]
struct Stale {
    stale: Vec<Feature>,
}

#[derive(Serialize)]
struct Feature {
    feature: String,
    expires: String,
    owner: Option<String>,
    module: Option<String>,
}

impl View for Stale {
    fn write(&self, page: &mut Page) {
        if self.stale.is_empty() {
            page.line("no feature is past its day");
            return;
        }
        let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        let rows = self.stale.iter().map(|feature| {
            [feature.feature.clone(), feature.expires.clone(), or_dash(&feature.owner), or_dash(&feature.module)]
        });
        page.table(["FEATURE", "EXPIRED", "OWNER", "MODULE"], rows);
    }
}
