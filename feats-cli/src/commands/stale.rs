//! `feats stale`: features that can be removed from the code. Its exit code suits continuous integration.

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
        .map(|Stale { feature, reason, .. }| {
            let declaration = declarations.get(feature.as_str());
            let origin = declaration.and_then(|declaration| declaration.location.as_ref());
            Feature {
                summary: reason.to_string(),
                reason: Reason::from(reason),
                expires: declaration.and_then(|declaration| declaration.expires.as_deref()).map(str::to_owned),
                owner: declaration.and_then(|declaration| declaration.owner.as_deref()).map(str::to_owned),
                module: origin.map(|origin| origin.module.to_string()),
                feature,
            }
        })
        .collect();
    let exit = if stale.is_empty() { Exit::Success } else { Exit::Negative };
    context.output.show(&StaleFeatures { days: arguments.days, stale })?;
    Ok(exit)
}

#[derive(Serialize)]
struct StaleFeatures {
    days: u32,
    stale: Vec<Feature>,
}

#[derive(Serialize)]
struct Feature {
    feature: String,
    #[serde(flatten)]
    reason: Reason,
    /// The reason for people.
    summary: String,
    expires: Option<String>,
    owner: Option<String>,
    module: Option<String>,
}

#[derive(Serialize)]
struct Reason {
    reason: &'static str,
    /// The number of days; `null` if the feature has expired.
    days: Option<u32>,
    /// The only implementation that was served.
    implementation: Option<String>,
}

impl From<Staleness> for Reason {
    fn from(staleness: Staleness) -> Self {
        match staleness {
            Staleness::Unused { days } => Self { reason: "unused", days: Some(days), implementation: None },
            Staleness::SingleImplementation { implementation, days } => {
                Self { reason: "single_implementation", days: Some(days), implementation: Some(implementation) }
            }
            Staleness::Expired { .. } => Self { reason: "expired", days: None, implementation: None },
            _ => Self { reason: "other", days: None, implementation: None },
        }
    }
}

impl Render for StaleFeatures {
    fn write(&self, page: &mut Page) {
        if self.stale.is_empty() {
            let days = self.days;
            page.line(format_args!(
                "no stale features: none is expired, unused for {days} days, or served only one implementation for {days} days"
            ));
            return;
        }
        let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        let rows = self.stale.iter().map(|feature| {
            [feature.feature.clone(), feature.summary.clone(), or_dash(&feature.owner), or_dash(&feature.module)]
        });
        page.table(["FEATURE", "REASON", "OWNER", "MODULE"], rows);
        // A feature may be stale for several reasons.
        let features: BTreeSet<&str> = self.stale.iter().map(|feature| feature.feature.as_str()).collect();
        page.line(format_args!("stale: {}", features.len()));
    }
}
