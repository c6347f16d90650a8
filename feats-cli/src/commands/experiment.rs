//! `feats experiment`: the number of units in each arm, and whether it matches the weights.

use std::collections::BTreeMap;

use feats::describe::grouped;
use feats::exposure::{Arm, Day, ExperimentReport};
use feats::model::Declaration;
use serde::Serialize;

use crate::args;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::output::{Page, Render};

pub(super) async fn run(context: &Context, arguments: &args::Experiment) -> Result<Exit> {
    let feature = context.feature(&arguments.feature)?;
    let reports = feature.experiments().await?;
    if reports.is_empty() {
        let error = feats::Error::new(feats::ErrorKind::NotFound, "the current version has no experiment");
        let hint = format!("`feats show {}` lists its rules", feature.name());
        return Err(Failure::from(error.with_feature(feature.name())).hint(hint));
    }
    let alarming = reports.iter().any(|report| report.sample_ratio().is_alarming());
    let declaration = feature.declaration();
    let experiments = reports.iter().map(|report| Experiment::new(report, declaration)).collect();
    context.output.show(&Experiments { feature: feature.name().to_owned(), experiments })?;
    Ok(if alarming { Exit::Negative } else { Exit::Success })
}

#[derive(Serialize)]
struct Experiments {
    feature: String,
    experiments: Vec<Experiment>,
}

#[derive(Serialize)]
struct Experiment {
    /// The name of the rule; `null` for `otherwise`.
    rule: Option<String>,
    seed: String,
    by: String,
    /// The percentage of units that enter.
    share: f64,
    units: u64,
    arms: Vec<ArmShare>,
    days: Vec<DailyUnits>,
    sample_ratio: SampleRatio,
}

#[derive(Serialize)]
struct ArmShare {
    implementation: String,
    weight: f64,
    units: u64,
    share: f64,
}

/// The units that entered on one day.
#[derive(Serialize)]
struct DailyUnits {
    day: String,
    /// By implementation.
    units: BTreeMap<String, u64>,
}

#[derive(Serialize)]
struct SampleRatio {
    chi_squared: f64,
    degrees_of_freedom: u64,
    p_value: f64,
    alarming: bool,
    /// The result as a sentence.
    summary: String,
}

impl Experiment {
    /// Orders the arms by declaration; arms that are no longer declared come last.
    fn new(report: &ExperimentReport, declaration: &Declaration) -> Self {
        let ratio = report.sample_ratio();
        let mut arms: Vec<&Arm> = report.arms.iter().collect();
        arms.sort_by_key(|arm| declaration.position(&arm.implementation).unwrap_or(u16::MAX));
        Self {
            rule: report.rule.clone(),
            seed: report.experiment.clone(),
            by: report.by.clone(),
            share: report.share,
            units: report.units(),
            arms: arms.into_iter().map(ArmShare::from).collect(),
            days: report.days.iter().map(DailyUnits::from).collect(),
            sample_ratio: SampleRatio {
                chi_squared: ratio.chi_squared(),
                degrees_of_freedom: ratio.degrees_of_freedom(),
                p_value: ratio.p_value(),
                alarming: ratio.is_alarming(),
                summary: ratio.to_string(),
            },
        }
    }
}

impl From<&Arm> for ArmShare {
    fn from(arm: &Arm) -> Self {
        let Arm { implementation, weight, units, share } = arm;
        Self { implementation: implementation.clone(), weight: *weight, units: *units, share: *share }
    }
}

impl From<&Day> for DailyUnits {
    fn from(day: &Day) -> Self {
        Self { day: day.date(), units: day.units.iter().cloned().collect() }
    }
}

impl Render for Experiments {
    fn write(&self, page: &mut Page) {
        for experiment in &self.experiments {
            let place = experiment.rule.as_ref().map_or("everyone else".to_owned(), |rule| format!("rule {rule:?}"));
            let entering = if experiment.share == 100.0 { String::new() } else { format!("{}% of ", experiment.share) };
            page.heading(format_args!(
                "{}, {place}: {entering}units by {}, {} so far",
                self.feature,
                experiment.by,
                grouped(experiment.units)
            ));
            let rows = experiment.arms.iter().map(|arm| {
                let actual = format!("{:.2}%", arm.share);
                [arm.implementation.clone(), format!("{}%", arm.weight), grouped(arm.units), actual]
            });
            page.table(["ARM", "PLANNED", "UNITS", "ACTUAL"], rows);
            page.line(&experiment.sample_ratio.summary);
            if let (Some(first), Some(last)) = (experiment.days.first(), experiment.days.last()) {
                let units: u64 = last.units.values().sum();
                page.line(format_args!(
                    "first unit on {}; {} units on {}, the last day",
                    first.day,
                    grouped(units),
                    last.day
                ));
            }
        }
    }
}
