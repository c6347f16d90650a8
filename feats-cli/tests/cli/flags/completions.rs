//! The help and the completions of `feats flag`.

use crate::harness::{Done, feats};

const COMMANDS: [&str; 13] = [
    "create",
    "enable",
    "disable",
    "condition",
    "bucketer",
    "percentage",
    "data",
    "variant",
    "archive",
    "restore",
    "destroy",
    "list",
    "show",
];

fn run(arguments: &[&str]) -> String {
    let mut command = feats();
    command.args(arguments);
    Done::run(command).exits(0).out
}

#[test]
fn completions_contain_the_commands_and_options() {
    for shell in ["bash", "zsh", "fish"] {
        let script = run(&["completions", shell]);
        for expected in COMMANDS.iter().chain(&["flag", "starts-at", "by-all", "missing"]) {
            assert!(script.contains(expected), "{shell}: {expected}");
        }
    }
}

#[test]
fn every_command_has_an_example() {
    for command in COMMANDS.into_iter().filter(|command| *command != "condition") {
        let help = run(&["flag", command, "--help"]);
        assert!(help.contains(&format!("Examples:\n  feats flag {command}")), "{help}");
    }
    for command in ["add", "set", "clear"] {
        let help = run(&["flag", "condition", command, "--help"]);
        assert!(help.contains(&format!("Examples:\n  feats flag condition {command}")), "{help}");
    }
}
