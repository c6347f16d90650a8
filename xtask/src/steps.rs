//! The steps of `cargo xtask test`: one table, in the order in which they run.

use crate::cargo::{Host, cargo};
use crate::command::answers;
use crate::report::{Report, Verdict};
use crate::{fuzz, lean, msrv, needs, tests};

/// One step.
pub(crate) struct Step {
    /// The name for `--only`.
    pub(crate) name: &'static str,
    /// The condition that the step checks.
    pub(crate) about: &'static str,
    action: Action,
}

enum Action {
    /// A command line of cargo.
    Cargo(&'static str),
    /// A command line of cargo that is skipped if this subcommand of cargo is not installed.
    IfInstalled(&'static str, &'static str),
    Call(fn(Host) -> Result<(), String>),
    /// A function that may skip the step, unless the step is selected by name.
    CallOrSkip(fn(asked: bool) -> Verdict),
}

/// The steps to run.
#[derive(Debug, PartialEq)]
pub(crate) enum Selection {
    /// All of them.
    All,
    /// The steps with these names, which are never skipped.
    Only(Vec<&'static str>),
}

/// The quick steps come first, and the tests last, so that their results are at the end of the output.
pub(crate) const STEPS: &[Step] = &[
    Step { name: "setup", about: "all programs that tests need are installed", action: Action::Call(needs::setup) },
    Step { name: "fmt", about: "every file is formatted", action: Action::Cargo("fmt --all --check") },
    Step {
        name: "tidy",
        about: "the rules of the repository hold: dependencies, documents, manifests, words",
        action: Action::Cargo("test --package xtask"),
    },
    Step {
        name: "deny",
        about: "dependencies have licenses and sources that we accept (needs cargo-deny)",
        action: Action::IfInstalled("deny", "deny check --hide-inclusion-graph bans licenses sources"),
    },
    Step {
        name: "clippy",
        about: "no target has warnings",
        action: Action::Cargo("clippy --workspace --all-targets --all-features -- -D warnings"),
    },
    Step {
        name: "msrv",
        about: "the published crates compile with the oldest Rust that they promise (needs it installed)",
        action: Action::CallOrSkip(msrv::check),
    },
    Step {
        name: "lean",
        about: "feats builds with each of its cargo features alone",
        action: Action::Call(lean::check),
    },
    Step {
        name: "serde-features",
        about: "flags of other systems are read alike where another crate turns on more cargo features of serde_json",
        action: Action::Cargo("test --manifest-path tests/serde_features/Cargo.toml --target-dir target"),
    },
    Step {
        name: "doc",
        about: "the documentation builds without a warning",
        action: Action::Cargo("doc --workspace --no-deps --all-features --config build.rustdocflags='-Dwarnings'"),
    },
    Step {
        name: "fuzz",
        about: "parsers of untrusted input withstand a minute of mutated inputs",
        action: Action::Call(fuzz::run_in_ci),
    },
    Step { name: "test", about: "unit and integration tests pass", action: Action::Call(tests::run) },
    Step {
        name: "doctest",
        about: "every example in the documentation runs",
        action: Action::Cargo("test --workspace --all-features --no-fail-fast --doc"),
    },
];

/// Runs the selected steps, including those after a failure, so that one run shows all failures. Stops only after `setup`, on
/// which the other steps depend.
pub(crate) fn run(selection: &Selection, host: Host) -> Report {
    let mut report = Report::default();
    for step in STEPS.iter().filter(|step| selection.contains(step)) {
        report.run(step.name, || step.run(selection, host));
        if step.name == "setup" && report.failed() {
            break;
        }
    }
    report
}

impl Selection {
    fn contains(&self, step: &Step) -> bool {
        match self {
            Self::All => true,
            Self::Only(names) => names.contains(&step.name),
        }
    }
}

impl Step {
    fn run(&self, selection: &Selection, host: Host) -> Verdict {
        match self.action {
            Action::IfInstalled(subcommand, _) if *selection == Selection::All && !is_installed(subcommand) => {
                Verdict::Skipped(format!("cargo-{subcommand} is not installed"))
            }
            Action::Cargo(line) | Action::IfInstalled(_, line) => cargo(line, host).into(),
            Action::Call(function) => function(host).into(),
            Action::CallOrSkip(function) => function(*selection != Selection::All),
        }
    }
}

fn is_installed(subcommand: &str) -> bool {
    answers(&["cargo", subcommand, "--version"])
}
