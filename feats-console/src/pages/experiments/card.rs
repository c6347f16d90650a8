//! One experiment.

use feats::exposure::{Arm, ExperimentReport, SampleRatio};
use feats::model::{Declaration, Selector, State, Timestamp};
use feats::{Dynamic, Error, FeatureHandle};
use maud::{Markup, html};

use super::allocations::allocations;
use super::timeline::timeline;
use crate::components::{Share, address, bar, feature_link, grouped, legend, percent, swatch, when};
use crate::failure::describe;

/// What is known of an experiment; an error where the store cannot tell.
pub(super) struct Card(Result<CardData, Error>);

struct CardData {
    report: ExperimentReport,
    /// The oldest version that dealt any of its slots, and its time if that can be read.
    since: Option<(u64, Option<Timestamp>)>,
}

impl Card {
    /// The experiments of a feature's newest state, in the order of its rules.
    pub(super) async fn load(feature: &FeatureHandle<Dynamic>) -> Vec<Self> {
        let reports = match feature.experiments().await {
            Ok(reports) => reports,
            Err(error) => return vec![Self(Err(error))],
        };
        let state = feature.state();
        let mut cards = Vec::new();
        for report in reports {
            let since = match oldest(&state, &report.experiment) {
                Some(version) => Some((version, feature.revision_at(version).await.ok().map(|begun| begun.time()))),
                None => None,
            };
            cards.push(Self(Ok(CardData { report: in_order(report, feature.declaration()), since })));
        }
        cards
    }

    /// In a list of all.
    pub(super) fn summary(&self, feature: &FeatureHandle<Dynamic>) -> Markup {
        let declaration = feature.declaration();
        html! {
            section.card {
                header {
                    h2 { (feature_link(feature.name())) (self.rule()) }
                    @if self.0.is_ok() {
                        a.btn.small href=(address("experiments", &[("name", feature.name())])) { "In full" span.sr { ": " (feature.name()) } }
                    }
                }
                div.in {
                    @match &self.0 {
                        Err(error) => (unavailable(error)),
                        Ok(known) => {
                            (known.participation())
                            (bar(declaration, &weights(&known.report.arms)))
                            (arms(declaration, &known.report.arms))
                            (verdict(known.report.sample_ratio(), false))
                        }
                    }
                }
            }
        }
    }

    /// On a page of its feature.
    pub(super) fn details(&self, feature: &FeatureHandle<Dynamic>, now: Timestamp) -> Markup {
        let declaration = feature.declaration();
        html! {
            section.card {
                header { h2 { @match &self.0 { Ok(known) => (known.place()), Err(_) => "Not known" } } }
                div.in {
                    @match &self.0 {
                        Err(error) => (unavailable(error)),
                        Ok(known) => {
                            (known.participation())
                            h3 { "Weights now" }
                            (bar(declaration, &weights(&known.report.arms)))
                            (legend(declaration, &weights(&known.report.arms)))
                            h3 { "Units" }
                            (arms(declaration, &known.report.arms))
                            (verdict(known.report.sample_ratio(), true))
                            h3 { "Units over time" }
                            (timeline(declaration, &known.report, now))
                            @if !known.report.allocations.is_empty() {
                                h3 { "Units by allocation" }
                                (allocations(feature, &known.report.allocations))
                            }
                        }
                    }
                }
            }
        }
    }

    /// Where it stands, behind the name of its feature.
    fn rule(&self) -> Markup {
        html! { @if let Ok(known) = &self.0 { " · " span { (known.place()) } } }
    }
}

/// A report with its arms in the order of the source, as everywhere.
fn in_order(mut report: ExperimentReport, declaration: &Declaration) -> ExperimentReport {
    let position = |name: &str| declaration.position(name).unwrap_or(u16::MAX);
    report.arms.sort_by_key(|arm| position(&arm.implementation));
    for allocation in &mut report.allocations {
        allocation.arms.sort_by_key(|arm| position(&arm.implementation));
    }
    for day in &mut report.days {
        day.units.sort_by_key(|(arm, _)| position(arm));
    }
    report
}

impl CardData {
    fn place(&self) -> &str {
        self.report.rule.as_deref().unwrap_or("Everyone else")
    }

    /// Who takes part, since when.
    fn participation(&self) -> Markup {
        let report = &self.report;
        html! {
            p {
                "By " b.seg { (report.by) } ": "
                @if report.share < 100.0 { (percent(report.share)) " of the units enter. " } @else { "every unit enters. " }
                b.num { (grouped(report.units())) } @if report.units() == 1 { " unit has" } @else { " units have" } " used it"
                @if let Some((version, time)) = self.since {
                    "; it deals since revision "
                    a href={ (address("history", &[("name", &report.feature), ("before", &version.saturating_add(1).to_string())])) } { (version) }
                    @if let Some(time) = time { ", " (when(time)) }
                }
                "."
            }
        }
    }
}

/// The arms as a table.
fn arms(declaration: &Declaration, arms: &[Arm]) -> Markup {
    html! {
        table.arms {
            thead { tr { th scope="col" { "Arm" } th.num scope="col" { "Weight" } th.num scope="col" { "Units" } th.num scope="col" { "Share" } } }
            tbody {
                @for arm in arms {
                    tr {
                        td { (swatch(declaration, &arm.implementation)) (arm.implementation) }
                        td.num { @if arm.weight > 0.0 { (percent(arm.weight)) } @else { "none" } }
                        td.num { (grouped(arm.units)) }
                        td.num { (format!("{:.2} %", arm.share)) }
                    }
                }
            }
        }
    }
}

/// Whether the arms can be compared: a word, and in full what that means.
fn verdict(ratio: SampleRatio, is_detailed: bool) -> Markup {
    let (class, word) = match (ratio.degrees_of_freedom(), ratio.is_alarming()) {
        (0, _) => ("", "nothing to compare yet"),
        (_, false) => ("ok", "as the weights promise"),
        (_, true) => ("stop", "not as the weights promise"),
    };
    html! {
        p.verdict {
            span.tag.(class) { (word) }
            @if is_detailed || ratio.is_alarming() { " " (ratio) }
            @else if ratio.degrees_of_freedom() > 0 { " " span.quiet.num { "p = " (format!("{:.3}", ratio.p_value())) } }
        }
    }
}

fn unavailable(error: &Error) -> Markup {
    html! { p.bad { "What was used is not known. " (describe(error)) } }
}

fn weights(arms: &[Arm]) -> Vec<Share> {
    let weighted = arms.iter().filter(|arm| arm.weight > 0.0);
    weighted.map(|arm| Share::new(&arm.implementation, arm.weight)).collect()
}

/// The oldest version that dealt slots which an experiment has now.
fn oldest(state: &State, seed: &str) -> Option<u64> {
    let selectors = state.rules.iter().map(|rule| &rule.select).chain(&state.otherwise);
    let mut experiments = selectors.filter_map(Selector::experiment);
    let known = experiments.find(|known| known.rollout.seed.as_deref() == Some(seed))?;
    known.rollout.slots.iter().map(|run| run.since).min()
}
