//! Terminals: strangers' text, colour, questions; and readers who have seen enough.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::harness::{Done, Shop};

/// Runs the command on a terminal of its own, and answers its question. `None` where there is no `script`.
fn on_a_terminal(shop: &Shop, command_line: &str, answer: &str, environment: &[(&str, &str)]) -> Option<(i32, String)> {
    let mut script = Command::new("script");
    script.args(["-qec", &format!("stty cols 100; {} {command_line}", env!("CARGO_BIN_EXE_feats")), "/dev/null"]);
    script
        .env("FEATS_STORE", shop.path())
        .env("TERM", "xterm")
        .env_remove("NO_COLOR")
        .envs(environment.iter().copied());
    let Ok(mut child) = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn() else {
        skipped("there is no `script` here");
        return None;
    };
    child.stdin.take().expect("a pipe").write_all(answer.as_bytes()).expect("written");
    let done = Done::from(child.wait_with_output().expect("it ends"));
    Some((done.code, done.out))
}

/// Continuous integration skips nothing.
#[allow(clippy::print_stdout, reason = "whoever runs the tests is told")]
fn skipped(why: &str) {
    assert!(std::env::var_os("CI").is_none(), "{why}");
    println!("skipped: {why}");
}

#[test]
fn strangers_text_does_nothing_to_the_terminal() {
    let shop = Shop::new();
    shop.ok(&["pin", "PaymentProcessor", "premium", "-m", "a\u{1b}[2J\u{9b}31m\nversion 99\u{202e}"]);
    for arguments in [&["list"][..], &["show", "PaymentProcessor"], &["history", "PaymentProcessor"]] {
        let said = shop.ok(arguments);
        assert!(said.contains(r"a\u{1b}[2J\u{9b}31m\nversion 99\u{202e}"), "{said}");
        assert!(said.chars().all(|c| c == '\n' || !c.is_control()), "{said:?}");
        let json = shop.ok(&[arguments, &["--json"]].concat());
        assert!(json.chars().all(|c| c == '\n' || !c.is_control() && c != '\u{202e}'), "{json:?}");
        assert!(json.contains(r"\u009b31m"), "{json}");
    }
    let error = shop.run(&["show", "\u{1b}[31mred"]).exits(7).err;
    assert!(error.chars().all(|c| c == '\n' || !c.is_control()), "{error:?}");
}

#[test]
fn a_pipe_gets_plain_lines() {
    let shop = Shop::new();
    shop.ok(&["pin", "PaymentProcessor", "premium", "-m", &"long ".repeat(100)]);
    let list = shop.ok(&["list"]);
    assert_eq!(list.lines().count(), 5, "{list}");
    assert!(!list.contains('\u{1b}'), "{list}");
}

#[test]
fn a_terminal_gets_colour_within_its_width_unless_told_not_to() {
    let shop = Shop::new();
    shop.ok(&["pin", "PaymentProcessor", "premium", "-m", &"long ".repeat(100)]);
    let Some((_, colourful)) = on_a_terminal(&shop, "list", "", &[]) else { return };
    assert!(colourful.contains("\u{1b}[1m"), "{colourful}");
    let Some((code, plain)) = on_a_terminal(&shop, "list", "", &[("NO_COLOR", "1")]) else { return };
    assert_eq!(code, 0);
    assert!(!plain.contains('\u{1b}'), "{plain}");
    assert!(plain.lines().all(|line| line.chars().count() <= 101), "{plain}");
}

#[test]
fn dealing_anew_is_asked_for_on_a_terminal_and_no_is_the_default() {
    let shop = Shop::new();
    shop.ok(&["rollout", "PaymentProcessor", "--otherwise", "acme=50,premium=50", "--by", "UserId"]);
    let anew = "rollout PaymentProcessor --otherwise acme=50,premium=50 --by Country";
    for answer in ["\n", "n\n", "\u{4}"] {
        let Some((code, said)) = on_a_terminal(&shop, anew, answer, &[]) else { return };
        assert!(said.contains("everyone is reassigned at random") && said.contains("Publish? [y/N]"), "{said}");
        assert_eq!(code, 5, "{said}");
    }
    assert_eq!(shop.version("PaymentProcessor"), 1);
    let Some((code, said)) = on_a_terminal(&shop, anew, "y\n", &[]) else { return };
    assert_eq!(code, 0, "{said}");
    assert_eq!(shop.version("PaymentProcessor"), 2);
}

#[test]
fn an_answer_that_cannot_be_written_is_a_failure() {
    let Some(full) = OpenOptions::new().write(true).open("/dev/full").ok().filter(|_| Path::new("/dev/full").exists())
    else {
        skipped("there is no /dev/full here");
        return;
    };
    let shop = Shop::new();
    let output = shop.command(&["export"]).stdout(full).stderr(Stdio::piped()).output().expect("it runs");
    let done = Done::from(output).exits(8);
    assert!(done.err.contains("the answer cannot be written out"), "{}", done.err);
}

#[test]
fn a_reader_who_has_seen_enough_is_no_failure() {
    let shop = Shop::new();
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let output = shop.command(&["list"]).stdout(writer).stderr(Stdio::piped()).output().expect("it runs");
    assert_eq!(Done::from(output).exits(0).err, "");
}
