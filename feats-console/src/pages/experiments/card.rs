//! The card of one experiment.

use feats::exposure::{Arm, ExperimentReport, SampleRatio};
use feats::model::{Declaration, Selector, State, Timestamp};
use feats::{Dynamic, Error, FeatureHandle};
use maud::{Markup, html};

use super::allocations::allocations;
use super::timeline::timeline;
use crate::components::{Share, address, bar, feature_link, grouped, legend, percent, swatch, when};
use crate::failure::describe;

/// The data of an experiment, or the error of the store.
pub(super) struct Card(Result<CardData, Error>);

struct CardData {
    report: ExperimentReport,
    /// The oldest version that assigned any of its slots, and the version's time if it can be read.
    since: Option<(u64, Option<Timestamp>)>,
}

impl Card {
    /// Loads the experiments of a feature's newest state, in rule order.
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

    /// Renders the card in the list of all experiments.
    pub(super) fn summary(&self, feature: &FeatureHandle<Dynamic>) -> Markup {
        let declaration = feature.declaration();
        html! {
            section.card {
                header {
                    h2 { (feature_link(feature.name())) (self.rule()) }
                    @if self.0.is_ok() {
                        a.btn.small href=(address("experiments", &[("name", feature.name())])) { "Details" span.sr { ": " (feature.name()) } }
                    }
                }
                div.in {
                    @match &self.0 {
                        Err(error) => (unavailable(error)),
                        Ok(data) => {
                            (data.participation())
                            (bar(declaration, &weights(&data.report.arms)))
                            (arms(declaration, &data.report.arms))
                            (verdict(data.report.sample_ratio(), false))
                        }
                    }
                }
            }
        }
    }

    /// Renders the card on the page of its feature.
    pub(super) fn details(&self, feature: &FeatureHandle<Dynamic>, now: Timestamp) -> Markup {
        let declaration = feature.declaration();
        html! {
            section.card {
                header { h2 { @match &self.0 { Ok(data) => (data.place()), Err(_) => "Unknown" } } }
                div.in {
                    @match &self.0 {
                        Err(error) => (unavailable(error)),
                        Ok(data) => {
                            (data.participation())
                            h3 { "Planned split" }
                            (bar(declaration, &weights(&data.report.arms)))
                            (legend(declaration, &weights(&data.report.arms)))
                            h3 { "Users per arm" }
                            (arms(declaration, &data.report.arms))
                            (verdict(data.report.sample_ratio(), true))
                            h3 { "Users over time" }
                            (timeline(declaration, &data.report, now))
                            @if !data.report.allocations.is_empty() {
                                h3 { "Users by period" }
                                (allocations(feature, &data.report.allocations))
                            }
                        }
                    }
                }
            }
        }
    }

    /// Renders the name of its rule, to follow the name of the feature.
    fn rule(&self) -> Markup {
        html! { @if let Ok(data) = &self.0 { " · " span { (data.place()) } } }
    }
}

/// Sorts the arms of a report in declaration order, as on every page.
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

    /// Renders the split, the number of users and the start.
    fn participation(&self) -> Markup {
        let report = &self.report;
        html! {
            p {
                "Split by " b.seg { (report.by) } ". "
                @if report.share < 100.0 { (percent(report.share)) " of users enter. " } @else { "All users enter. " }
                b.num { (grouped(report.units())) } @if report.units() == 1 { " user" } @else { " users" } " so far"
                @if let Some((version, time)) = self.since {
                    ", running since version "
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
            thead { tr { th scope="col" { "Arm" } th.num scope="col" { "Planned" } th.num scope="col" { "Users" } th.num scope="col" { "Actual" } } }
            tbody {
                @for arm in arms {
                    tr {
                        td { (swatch(declaration, &arm.implementation)) (arm.implementation) }
                        td.num { @if arm.weight > 0.0 { (percent(arm.weight)) } @else { "none" } }
                        td.num { (grouped(arm.units)) }
                        td.num { (format!("{:.2}%", arm.share)) }
                    }
                }
            }
        }
    }
}

/// Renders the verdict of the sample-ratio check, with an explanation if `is_detailed`.
fn verdict(ratio: SampleRatio, is_detailed: bool) -> Markup {
    let (class, word) = match (ratio.degrees_of_freedom(), ratio.is_alarming()) {
        (0, _) => ("", "Too few users"),
        (_, false) => ("ok", "Split as planned"),
        (_, true) => ("stop", "Split mismatch"),
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
    html! { p.bad { "No data. " (describe(error)) } }
}

fn weights(arms: &[Arm]) -> Vec<Share> {
    let weighted = arms.iter().filter(|arm| arm.weight > 0.0);
    weighted.map(|arm| Share::new(&arm.implementation, arm.weight)).collect()
}

/// Returns the oldest version that assigned any of the experiment's current slots.
fn oldest(state: &State, seed: &str) -> Option<u64> {
    let selectors = state.rules.iter().map(|rule| &rule.select).chain(&state.otherwise);
    let mut experiments = selectors.filter_map(Selector::experiment);
    let experiment = experiments.find(|experiment| experiment.rollout.seed.as_deref() == Some(seed))?;
    experiment.rollout.slots.iter().map(|run| run.since).min()
}
