//! `feats stale`: features that can be taken out of the code, for a step in continuous integration.

use std::collections::{BTreeMap, BTreeSet};

use feats::usage::{Stale, Staleness};
use serde::Serialize;

use crate::args;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Result;
use crate::output::{Page, Render};

pub(super) async fn run(context: &Context, arguments: &args::Stale) -> Result<Exit> {
    let declarations = context.app.declarations();
    let declarations: BTreeMap<&str, _> = declarations.iter().map(|feature| (&*feature.name, feature)).collect();
    let stale = context.app.stale(arguments.days).await?;
    let stale: Vec<Feature> = stale
        .into_iter()
        .map(|Stale { feature, why, .. }| {
            let declaration = declarations.get(feature.as_str());
            let origin = declaration.and_then(|declaration| declaration.location.as_ref());
            Feature {
                sentence: why.to_string(),
                why: Why::from(why),
                expires: declaration.and_then(|declaration| declaration.expires.as_deref()).map(str::to_owned),
                owner: declaration.and_then(|declaration| declaration.owner.as_deref()).map(str::to_owned),
                module: origin.map(|origin| origin.module.to_string()),
                feature,
            }
        })
        .collect();
    let exit = if stale.is_empty() { Exit::Success } else { Exit::No };
    context.output.show(&Shown { days: arguments.days, stale })?;
    Ok(exit)
}

#[derive(Serialize)]
struct Shown {
    days: u32,
    stale: Vec<Feature>,
}

#[derive(Serialize)]
struct Feature {
    feature: String,
    #[serde(flatten)]
    why: Why,
    /// Why, for people.
    sentence: String,
    expires: Option<String>,
    owner: Option<String>,
    module: Option<String>,
}

#[derive(Serialize)]
struct Why {
    why: &'static str,
    /// For how many days; `null` where the feature has expired.
    days: Option<u32>,
    /// The one that everybody gets.
    implementation: Option<String>,
}

impl From<Staleness> for Why {
    fn from(staleness: Staleness) -> Self {
        match staleness {
            Staleness::Unused { days } => Self { why: "unused", days: Some(days), implementation: None },
            Staleness::SingleImplementation { implementation, days } => {
                Self { why: "one_answer", days: Some(days), implementation: Some(implementation) }
            }
            Staleness::Expired { .. } => Self { why: "expired", days: None, implementation: None },
            _ => Self { why: "other", days: None, implementation: None },
        }
    }
}

impl Render for Shown {
    fn write(&self, page: &mut Page) {
        if self.stale.is_empty() {
            let days = self.days;
            page.line(format_args!(
                "no feature is past its day, unused for {days} days, or gave one answer for {days} days"
            ));
            return;
        }
        let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        let rows = self.stale.iter().map(|feature| {
            [feature.feature.clone(), feature.sentence.clone(), or_dash(&feature.owner), or_dash(&feature.module)]
        });
        page.table(["FEATURE", "WHY", "OWNER", "MODULE"], rows);
        // A feature may be stale for several reasons.
        let features: BTreeSet<&str> = self.stale.iter().map(|feature| feature.feature.as_str()).collect();
        page.line(format_args!("stale: {}", features.len()));
    }
}
