//! `feats list`: all features, and what each serves.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::SystemTime;

use feats::describe::{RichText, live};
use feats::model::{Declaration, FeatureKind};
use feats::text::counted;
use feats::{Dynamic, FeatureHandle, Instance, Quarantine, Timestamp};
use serde::Serialize;

use crate::args::STALE_DAYS;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Result;
use crate::output::{LastChange, Page, Render};

pub(super) async fn run(context: &Context) -> Result<Exit> {
    let quarantined = context.quarantined();
    let stale = context.app.stale(STALE_DAYS).await?;
    let stale: BTreeSet<&str> = stale.iter().map(|stale| stale.feature.as_str()).collect();
    let describe = |declaration: &Arc<Declaration>| {
        let handle = context.feature(&declaration.name)?;
        Ok(Feature::new(declaration, &handle, quarantined.get(&*declaration.name), stale.contains(&*declaration.name)))
    };
    let features: Result<Vec<Feature>> = context.app.declarations().iter().map(describe).collect();
    let mut retaining = context.app.instances().await?;
    retaining.retain(|instance| instance.retained > 0);
    context.output.show(&List { features: features?, undeclared: context.undeclared().await?, retaining })?;
    Ok(Exit::Success)
}

#[derive(Serialize)]
struct List {
    features: Vec<Feature>,
    /// The current versions of features that have a state but are declared by no program, by name.
    undeclared: BTreeMap<String, u64>,
    /// The running programs that retain versions which the store has lost. Those versions are not listed.
    retaining: Vec<Instance>,
}

#[derive(Serialize)]
struct Feature {
    feature: String,
    doc: String,
    kind: Option<FeatureKind>,
    owner: Option<String>,
    expires: Option<String>,
    /// `true` if `feats stale` lists the feature.
    stale: bool,
    module: Option<String>,
    /// The choices for all users, as a sentence.
    live: RichText,
    pinned: Option<String>,
    quarantined: bool,
    /// The current version; 0 if there is none.
    version: u64,
    changed: Option<LastChange>,
}

impl Feature {
    fn new(
        declaration: &Declaration,
        handle: &FeatureHandle<Dynamic>,
        quarantine: Option<&Quarantine>,
        stale: bool,
    ) -> Self {
        let state = handle.state();
        Self {
            feature: declaration.name.to_string(),
            doc: declaration.doc.to_string(),
            kind: declaration.kind,
            owner: declaration.owner.as_deref().map(str::to_owned),
            expires: declaration.expires.as_deref().map(str::to_owned),
            stale,
            module: declaration.location.as_ref().map(|origin| origin.module.to_string()),
            live: live(declaration, &state, quarantine, Timestamp::from(SystemTime::now())),
            pinned: state.pinned,
            quarantined: quarantine.is_some(),
            version: handle.version(),
            changed: handle.revision().as_ref().map(LastChange::from),
        }
    }
}

impl Render for List {
    fn write(&self, page: &mut Page) {
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        let rows = self.features.iter().map(|feature| {
            let kind = feature.kind.map(|kind| kind.to_string());
            let kind = match kind {
                Some(kind) if feature.stale => Some(format!("{kind}, stale")),
                None if feature.stale => Some("stale".to_owned()),
                kind => kind,
            };
            [
                feature.feature.clone(),
                or_dash(kind),
                or_dash(feature.owner.clone()),
                feature.live.to_string(),
                or_dash(feature.changed.as_ref().map(LastChange::sentence)),
                or_dash(feature.module.clone()),
            ]
        });
        page.table(["FEATURE", "KIND", "OWNER", "SERVED", "LAST CHANGE", "MODULE"], rows);
        if self.features.is_empty() {
            page.line("no features yet: no program has published its features to this store");
        }
        let stale = self.features.iter().filter(|feature| feature.stale).count();
        if stale > 0 {
            page.line(format_args!("stale: {stale}; `feats stale` shows the reasons"));
        }
        for Instance { program, version, pid, retained, .. } in &self.retaining {
            let features = counted(*retained, "feature");
            page.line(format_args!(
                "warning: {program} {version} (process {pid}) retains versions of {features} that the store has lost; this \
                 list does not show them; `feats restore` restores them"
            ));
        }
        for (feature, version) in &self.undeclared {
            page.line(format_args!("{feature} has version {version}, but is not declared by any program"));
        }
    }
}
