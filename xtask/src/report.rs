//! What became of the steps: how long each took, which failed first, and how to repeat it.

use std::fmt::Write;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// How a step ended.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// Well.
    Passed,
    /// It did not run, and why.
    LeftOut(String),
    /// What went wrong.
    Failed(String),
}

/// The steps that ran, in order.
#[derive(Debug, Default)]
pub(crate) struct Report {
    lines: Vec<Line>,
    /// Whether it is a command of its own, rather than steps of `cargo xtask test`.
    is_of_one: bool,
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
    /// The report of a single step.
    pub(crate) fn of_one(step: &'static str, run: impl FnOnce() -> Result<(), String>) -> Self {
        let mut report = Self { is_of_one: true, ..Self::default() };
        report.run(step, || run().into());
        report
    }

    /// Runs a step and prints its name, what it prints, and how long it took.
    pub(crate) fn run(&mut self, step: &'static str, run: impl FnOnce() -> Verdict) {
        println!("\n== {step}");
        let start = Instant::now();
        let line = Line { step, verdict: run(), took: start.elapsed() };
        println!("== {}", line.show());
        self.lines.push(line);
    }

    /// Whether a step failed so far.
    pub(crate) fn failed(&self) -> bool {
        self.lines.iter().any(|line| matches!(line.verdict, Verdict::Failed(_)))
    }

    /// Prints the summary and gives the exit code.
    pub(crate) fn conclude(&self) -> ExitCode {
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
            Verdict::Passed | Verdict::LeftOut(_) => None,
        });
        match failures.next() {
            None => summary.push_str("\neverything passed"),
            Some((step, why)) => {
                let _ = write!(summary, "\nthe first failure: {step}: {why}");
                if !self.is_of_one {
                    let _ = write!(summary, "\nto see it again:   cargo xtask test --only {step}");
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
            Verdict::LeftOut(why) => format!("{:8} left out           {why}", self.step),
            Verdict::Failed(_) => format!("{:8} FAILED   {seconds:7.1} s", self.step),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_failure_is_named_with_the_command_that_shows_it_again() {
        let mut report = Report::default();
        report.run("fmt", || Verdict::Passed);
        report.run("deny", || Verdict::LeftOut("cargo-deny is not installed".into()));
        report.run("clippy", || Verdict::Failed("`cargo clippy` ended with exit status: 101".into()));
        report.run("test", || Verdict::Failed("later".into()));
        let summary = report.summary();
        assert!(report.failed());
        assert!(summary.contains("the first failure: clippy: `cargo clippy` ended with exit status: 101"), "{summary}");
        assert!(summary.ends_with("cargo xtask test --only clippy"), "{summary}");
    }

    #[test]
    fn what_is_left_out_is_no_failure_but_is_said() {
        let mut report = Report::default();
        report.run("deny", || Verdict::LeftOut("cargo-deny is not installed".into()));
        assert!(!report.failed());
        assert!(report.summary().contains("left out           cargo-deny is not installed"));
    }
}
