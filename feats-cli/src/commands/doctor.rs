//! `feats doctor`: checks a store. Only reads.

use std::time::{Duration, Instant, SystemTime};

use feats::store::{ServerReport, Store};
use feats::text::counted;
use feats::{Error, Timestamp};
use serde::Serialize;

use crate::context::no_store;
use crate::exit::Exit;
use crate::failure::Result;
use crate::location::Location;
use crate::output::{Output, Page, Render};

/// The number of reads of which the latency is the median.
const READS: usize = 5;

/// The maximum difference between the clocks of the server and of this machine.
const MAX_SKEW: Duration = Duration::from_secs(1);

pub(crate) async fn run(output: Output, location: Option<Location>) -> Result<Exit> {
    let location = location.ok_or_else(no_store)?;
    let opened = location.open()?;
    let findings = examine(opened.store()).await;
    opened.close().await;
    let result = findings.iter().map(|finding| finding.result).max().unwrap_or(Verdict::Ok);
    output.show(&Diagnosis { store: location.to_string(), result, findings })?;
    Ok(match result {
        Verdict::Ok => Exit::Success,
        Verdict::Warning => Exit::Negative,
        Verdict::Failure => Exit::Unavailable,
    })
}

#[derive(Serialize)]
struct Diagnosis {
    store: String,
    /// The worst result: `ok`, `warning` or `failure`.
    result: Verdict,
    findings: Vec<Finding>,
}

#[derive(Debug, Serialize)]
struct Finding {
    /// `reachability`, `version`, `rights`, `settings`, `clock`, `preconditions`, `data`, `latency` or `capabilities`.
    check: &'static str,
    result: Verdict,
    detail: String,
    /// The measured time in milliseconds, for `reachability`, `clock` and `latency`.
    millis: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    Ok,
    Warning,
    Failure,
}

/// Checks a store. Without a connection, the first finding is the only one.
async fn examine(store: &dyn Store) -> Vec<Finding> {
    let start = Instant::now();
    let mut findings = match store.epoch().await {
        Ok(_) => vec![Finding::ok("reachability", "the store answers").within(start.elapsed())],
        Err(error) => return vec![Finding::failure("reachability", &error)],
    };
    let (asked, start) = (SystemTime::now(), Instant::now());
    match store.server().await {
        Ok(report) => findings.extend(server(&report, asked, start.elapsed())),
        Err(error) => findings.push(Finding::failure("version", &error)),
    }
    match store.check().await {
        Ok(warnings) if warnings.is_empty() => findings.push(Finding::ok("preconditions", "no problem is known")),
        Ok(warnings) => findings.extend(warnings.into_iter().map(|text| Finding::warning("preconditions", text))),
        Err(error) => findings.push(Finding::failure("preconditions", &error)),
    }
    findings.push(match store.load().await {
        Ok(loaded) => Finding::ok("data", format!("read the states of {}", counted(loaded.entries.len(), "feature"))),
        Err(error) => Finding::failure("data", &error),
    });
    findings.push(latency(store).await);
    findings.push(Finding::ok("capabilities", capabilities(store)));
    findings
}

/// Returns what the store reports about its server.
fn server(report: &ServerReport, asked: SystemTime, round_trip: Duration) -> Vec<Finding> {
    let mut findings = vec![Finding::ok("version", report.version.as_deref().unwrap_or("the store has no server"))];
    if !report.settings.is_empty() {
        let settings: Vec<String> = report.settings.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
        findings.push(Finding::ok("settings", settings.join(" ")));
    }
    match report.missing_rights.is_empty() {
        true => findings.push(Finding::ok("rights", "no missing right is known")),
        false => findings.extend(report.missing_rights.iter().map(|right| Finding {
            check: "rights",
            result: Verdict::Failure,
            detail: format!("missing: {right}"),
            millis: None,
        })),
    }
    findings.extend(report.time.map(|time| clock(time, asked, round_trip)));
    findings
}

/// Compares the clocks. The server read its clock at an unknown instant of the round trip, which is taken to be its middle.
fn clock(server: Timestamp, asked: SystemTime, round_trip: Duration) -> Finding {
    let here = Timestamp::from(asked + round_trip / 2);
    let skew = server.as_millis().saturating_sub(here.as_millis());
    let uncertainty = round_trip / 2;
    let direction = if skew < 0 { "behind" } else { "ahead of" };
    let detail = format!(
        "the server's clock is {} ms {direction} this machine's, ± {} ms",
        skew.unsigned_abs(),
        uncertainty.as_millis()
    );
    let skew = Duration::from_millis(skew.unsigned_abs());
    match skew.saturating_sub(uncertainty) > MAX_SKEW {
        true => Finding::warning("clock", format!("{detail}; synchronize both with a time server")),
        false => Finding::ok("clock", detail),
    }
    .within(skew)
}

async fn latency(store: &dyn Store) -> Finding {
    let mut times = Vec::with_capacity(READS);
    for _ in 0..READS {
        let start = Instant::now();
        if let Err(error) = store.epoch().await {
            return Finding::failure("latency", &error);
        }
        times.push(start.elapsed());
    }
    times.sort_unstable();
    let median = times.get(READS / 2).copied().unwrap_or_default();
    Finding::ok("latency", format!("the median of {READS} reads")).within(median)
}

fn capabilities(store: &dyn Store) -> String {
    let capabilities = [
        ("records", store.records().is_some()),
        ("counters", store.counters().is_some()),
        ("assignments", store.assignments().is_some()),
    ];
    let list = |supported| {
        let names = capabilities.iter().filter(|(_, has)| *has == supported).map(|(name, _)| *name);
        names.collect::<Vec<_>>().join(", ")
    };
    match (list(true), list(false)) {
        (all, none) if none.is_empty() => format!("revisions, {all}"),
        (none, missing) if none.is_empty() => format!("revisions; not {missing}"),
        (some, missing) => format!("revisions, {some}; not {missing}"),
    }
}

impl Finding {
    fn ok(check: &'static str, detail: impl Into<String>) -> Self {
        Self { check, result: Verdict::Ok, detail: detail.into(), millis: None }
    }

    fn warning(check: &'static str, detail: impl Into<String>) -> Self {
        Self { result: Verdict::Warning, ..Self::ok(check, detail) }
    }

    fn failure(check: &'static str, error: &Error) -> Self {
        Self { result: Verdict::Failure, ..Self::ok(check, error.report().to_string()) }
    }

    fn within(self, time: Duration) -> Self {
        // Microseconds are exact enough, and short.
        Self { millis: Some((time.as_secs_f64() * 1e6).round() / 1e3), ..self }
    }
}

impl Render for Diagnosis {
    fn write(&self, page: &mut Page) {
        let rows = self.findings.iter().map(|finding| {
            let result = match finding.result {
                Verdict::Ok => "ok",
                Verdict::Warning => "warning",
                Verdict::Failure => "FAILURE",
            };
            let time = finding.millis.filter(|_| finding.check != "clock").map(|millis| format!(" ({millis} ms)"));
            [finding.check.to_owned(), result.to_owned(), format!("{}{}", finding.detail, time.unwrap_or_default())]
        });
        page.table(["CHECK", "RESULT", "DETAIL"], rows);
        page.line(match self.result {
            Verdict::Ok => format!("{}: no problem found", self.store),
            Verdict::Warning => format!("{}: usable, with warnings", self.store),
            Verdict::Failure => format!("{}: cannot be used", self.store),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_wrong_only_beyond_the_uncertainty_of_the_round_trip() {
        let asked = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000);
        let verdict =
            |server, round_trip| clock(Timestamp::from_millis(server), asked, Duration::from_millis(round_trip)).result;
        for (server, round_trip, expected) in [
            (1_000_010, 20, Verdict::Ok),
            (1_001_005, 10, Verdict::Ok),
            (1_001_200, 10, Verdict::Warning),
            (998_800, 10, Verdict::Warning),
            (1_002_400, 2_000, Verdict::Ok),
            (1_003_100, 2_000, Verdict::Warning),
        ] {
            assert_eq!(verdict(server, round_trip), expected, "{server} {round_trip}");
        }
        let behind = clock(Timestamp::from_millis(990_005), asked, Duration::from_millis(10));
        assert!(
            behind.detail.starts_with("the server's clock is 10000 ms behind this machine's, ± 5 ms"),
            "{behind:?}"
        );
    }

    #[test]
    fn a_missing_right_is_a_failure() {
        let report =
            ServerReport { missing_rights: vec!["INSERT on assignments".to_owned()], ..ServerReport::default() };
        let findings = server(&report, SystemTime::now(), Duration::ZERO);
        assert!(findings.iter().any(|finding| finding.result == Verdict::Failure
            && finding.detail == "missing: INSERT on assignments"));
    }
}
