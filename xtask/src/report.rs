//! The results of the steps: the time of each, the first failure, and the command that repeats it.

use std::fmt::Write;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// The result of a step.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// The step succeeded.
    Passed,
    /// The step was skipped, with the reason.
    Skipped(String),
    /// The step failed, with the reason.
    Failed(String),
}

/// The results of the steps, in order.
#[derive(Debug, Default)]
pub(crate) struct Report {
    lines: Vec<Line>,
    /// `true` for a separate command, rather than steps of `cargo xtask test`.
    is_single_step: bool,
}

#[derive(Debug)]
struct Line {
    step: &'static str,
    verdict: Verdict,
    took: Duration,
}

impl From<Result<(), String>> for Verdict {
    fn from(result: Result<(), String>) -> Self {
        result.map_or_else(Self::Failed, |()| Self::Passed)
    }
}

impl Report {
    /// Runs a single step and returns its report.
    pub(crate) fn of_single_step(step: &'static str, run: impl FnOnce() -> Result<(), String>) -> Self {
        let mut report = Self { is_single_step: true, ..Self::default() };
        report.run(step, || run().into());
        report
    }

    /// Runs a step and prints its name, its output, and its time.
    pub(crate) fn run(&mut self, step: &'static str, run: impl FnOnce() -> Verdict) {
        println!("\n== {step}");
        let start = Instant::now();
        let line = Line { step, verdict: run(), took: start.elapsed() };
        println!("== {}", line.show());
        self.lines.push(line);
    }

    /// Returns `true` if a step has failed.
    pub(crate) fn failed(&self) -> bool {
        self.lines.iter().any(|line| matches!(line.verdict, Verdict::Failed(_)))
    }

    /// Prints the summary and returns the exit code.
    pub(crate) fn finish(&self) -> ExitCode {
        if self.lines.len() > 1 || self.failed() {
            println!("{}", self.summary());
        }
        if self.failed() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
    }

    fn summary(&self) -> String {
        let mut summary = String::from("\n");
        for line in &self.lines {
            let _ = writeln!(summary, "{}", line.show());
        }
        let mut failures = self.lines.iter().filter_map(|line| match &line.verdict {
            Verdict::Failed(why) => Some((line.step, why)),
            Verdict::Passed | Verdict::Skipped(_) => None,
        });
        match failures.next() {
            None => summary.push_str("\nall steps passed"),
            Some((step, why)) => {
                let _ = write!(summary, "\nfirst failure: {step}: {why}");
                if !self.is_single_step {
                    let _ = write!(summary, "\nto repeat it:  cargo xtask test --only {step}");
                }
            }
        }
        summary
    }
}

impl Line {
    fn show(&self) -> String {
        let seconds = self.took.as_secs_f64();
        match &self.verdict {
            Verdict::Passed => format!("{:8} ok       {seconds:7.1} s", self.step),
            Verdict::Skipped(why) => format!("{:8} skipped            {why}", self.step),
            Verdict::Failed(_) => format!("{:8} FAILED   {seconds:7.1} s", self.step),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_failure_is_reported_with_the_command_that_repeats_it() {
        let mut report = Report::default();
        report.run("fmt", || Verdict::Passed);
        report.run("deny", || Verdict::Skipped("cargo-deny is not installed".into()));
        report.run("clippy", || Verdict::Failed("`cargo clippy` failed with exit status: 101".into()));
        report.run("test", || Verdict::Failed("later".into()));
        let summary = report.summary();
        assert!(report.failed());
        assert!(summary.contains("first failure: clippy: `cargo clippy` failed with exit status: 101"), "{summary}");
        assert!(summary.ends_with("cargo xtask test --only clippy"), "{summary}");
    }

    #[test]
    fn a_skipped_step_is_not_a_failure_but_is_reported() {
        let mut report = Report::default();
        report.run("deny", || Verdict::Skipped("cargo-deny is not installed".into()));
        assert!(!report.failed());
        assert!(report.summary().contains("skipped            cargo-deny is not installed"));
    }
}
