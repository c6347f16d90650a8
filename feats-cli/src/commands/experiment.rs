//! `feats experiment`: how many units each arm has, and whether that is what its weights promise.

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
        let error = feats::Error::new(feats::ErrorKind::NotFound, "there is no experiment in the newest state");
        let hint = format!("`feats show {}` tells what there is", feature.name());
        return Err(Failure::from(error.with_feature(feature.name())).hint(hint));
    }
    let alarming = reports.iter().any(|report| report.sample_ratio().is_alarming());
    let declaration = feature.declaration();
    let experiments = reports.iter().map(|report| Experiment::of(report, declaration)).collect();
    context.output.show(&Shown { feature: feature.name().to_owned(), experiments })?;
    Ok(if alarming { Exit::No } else { Exit::Success })
}

#[derive(Serialize)]
struct Shown {
    feature: String,
    experiments: Vec<Experiment>,
}

#[derive(Serialize)]
struct Experiment {
    /// The rule; `null` for `otherwise`.
    rule: Option<String>,
    seed: String,
    by: String,
    /// The share of the units that enter, in percent.
    share: f64,
    units: u64,
    arms: Vec<Shares>,
    days: Vec<Units>,
    sample_ratio: SampleRatio,
}

#[derive(Serialize)]
struct Shares {
    implementation: String,
    weight: f64,
    units: u64,
    share: f64,
}

/// The units that came on one day.
#[derive(Serialize)]
struct Units {
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
    /// What it means.
    words: String,
}

impl Experiment {
    /// The arms are in the order of their declaration; those that are not declared any more come last.
    fn of(report: &ExperimentReport, declaration: &Declaration) -> Self {
        let ratio = report.sample_ratio();
        let mut arms: Vec<&Arm> = report.arms.iter().collect();
        arms.sort_by_key(|arm| declaration.position(&arm.implementation).unwrap_or(u16::MAX));
        Self {
            rule: report.rule.clone(),
            seed: report.experiment.clone(),
            by: report.by.clone(),
            share: report.share,
            units: report.units(),
            arms: arms.into_iter().map(Shares::of).collect(),
            days: report.days.iter().map(Units::of).collect(),
            sample_ratio: SampleRatio {
                chi_squared: ratio.chi_squared(),
                degrees_of_freedom: ratio.degrees_of_freedom(),
                p_value: ratio.p_value(),
                alarming: ratio.is_alarming(),
                words: ratio.to_string(),
            },
        }
    }
}

impl Shares {
    fn of(arm: &Arm) -> Self {
        let Arm { implementation, weight, units, share } = arm;
        Self { implementation: implementation.clone(), weight: *weight, units: *units, share: *share }
    }
}

impl Units {
    fn of(day: &Day) -> Self {
        Self { day: day.date(), units: day.units.iter().cloned().collect() }
    }
}

impl Render for Shown {
    fn write(&self, page: &mut Page) {
        for experiment in &self.experiments {
            let place = experiment.rule.as_ref().map_or("otherwise".to_owned(), |rule| format!("rule {rule:?}"));
            let entering =
                if experiment.share == 100.0 { String::new() } else { format!("{} % of ", experiment.share) };
            page.heading(format_args!(
                "{}, {place}: {entering}{}, {} used it",
                self.feature,
                experiment.by,
                grouped(experiment.units)
            ));
            let rows = experiment.arms.iter().map(|arm| {
                let shares = format!("{:.2} %", arm.share);
                [arm.implementation.clone(), format!("{} %", arm.weight), grouped(arm.units), shares]
            });
            page.table(["IMPLEMENTATION", "WEIGHT", "UNITS", "SHARE"], rows);
            page.line(&experiment.sample_ratio.words);
            if let (Some(first), Some(last)) = (experiment.days.first(), experiment.days.last()) {
                let units: u64 = last.units.values().sum();
                page.line(format_args!(
                    "units came from {} on, {} of them on {}, the last day",
                    first.day,
                    grouped(units),
                    last.day
                ));
            }
        }
    }
}
