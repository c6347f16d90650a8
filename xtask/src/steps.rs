//! The steps of `cargo xtask test`: one table, in the order in which they run.

use crate::cargo::{Surroundings, cargo};
use crate::report::{Report, Verdict};
use crate::{fuzz, lean, msrv, needs};

/// One step.
pub(crate) struct Step {
    /// What `--only` calls it.
    pub(crate) name: &'static str,
    /// What it makes sure of.
    pub(crate) about: &'static str,
    action: Action,
}

enum Action {
    /// A command line of cargo.
    Cargo(&'static str),
    /// The same, left out where this subcommand of cargo is not installed.
    IfInstalled(&'static str, &'static str),
    Call(fn(Surroundings) -> Result<(), String>),
    /// A function that may skip the step, unless the step is asked for by name.
    CallOrSkip(fn(asked: bool) -> Verdict),
}

/// Which steps to run.
#[derive(Debug, PartialEq)]
pub(crate) enum Selection {
    /// All of them.
    All,
    /// Those with these names. What is asked for by name is never left out.
    Only(Vec<&'static str>),
}

/// Quick ones first; the tests last, so that their results are the last thing one sees.
pub(crate) const STEPS: &[Step] = &[
    Step { name: "setup", about: "what the tests need is installed", action: Action::Call(|_| needs::setup()) },
    Step { name: "fmt", about: "every file is formatted", action: Action::Cargo("fmt --all --check") },
    Step {
        name: "tidy",
        about: "the rules of the house hold: who imports whom, documents, manifests",
        action: Action::Cargo("test --package xtask"),
    },
    Step {
        name: "deny",
        about: "dependencies have licences and sources that we accept (needs cargo-deny)",
        action: Action::IfInstalled("deny", "deny check --hide-inclusion-graph bans licenses sources"),
    },
    Step {
        name: "clippy",
        about: "no warning, in any target",
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
        name: "doc",
        about: "the documentation builds without a warning",
        action: Action::Cargo("doc --workspace --no-deps --all-features --config build.rustdocflags='-Dwarnings'"),
    },
    Step {
        name: "fuzz",
        about: "a minute of mutated inputs for everything that reads what others wrote",
        action: Action::Call(fuzz::briefly),
    },
    Step {
        name: "test",
        about: "unit and integration tests",
        action: Action::Cargo(
            "test --workspace --exclude xtask --all-features --no-fail-fast --lib --bins --tests --examples",
        ),
    },
    Step {
        name: "doctest",
        about: "every example in the documentation runs",
        action: Action::Cargo("test --workspace --all-features --no-fail-fast --doc"),
    },
];

/// Runs the selected steps, also those after a failure, so that one run shows everything that is wrong. Only without
/// what `setup` provides there is nothing to see.
pub(crate) fn run(selection: &Selection, surroundings: Surroundings) -> Report {
    let mut report = Report::default();
    for step in STEPS.iter().filter(|step| selection.contains(step)) {
        report.run(step.name, || step.run(selection, surroundings));
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
    fn run(&self, selection: &Selection, surroundings: Surroundings) -> Verdict {
        match self.action {
            Action::IfInstalled(subcommand, _) if *selection == Selection::All && !is_installed(subcommand) => {
                Verdict::LeftOut(format!("cargo-{subcommand} is not installed"))
            }
            Action::Cargo(line) | Action::IfInstalled(_, line) => cargo(line, surroundings).into(),
            Action::Call(function) => function(surroundings).into(),
            Action::CallOrSkip(function) => function(*selection != Selection::All),
        }
    }
}

fn is_installed(subcommand: &str) -> bool {
    needs::answers(&["cargo", subcommand, "--version"])
}
