//! Output: untrusted text, color, questions, and closed pipes.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::harness::{Done, Shop};

/// Runs the command on a pseudo-terminal and answers its question. Returns `None` if the tool `script` is not installed.
pub fn on_a_terminal(
    shop: &Shop,
    command_line: &str,
    answer: &str,
    environment: &[(&str, &str)],
) -> Option<(i32, String)> {
    let mut script = Command::new("script");
    script.args(["-qec", &format!("stty cols 100; {} {command_line}", env!("CARGO_BIN_EXE_feats")), "/dev/null"]);
    script
        .env("FEATS_STORE", shop.path())
        .env("TERM", "xterm")
        .env_remove("NO_COLOR")
        .envs(environment.iter().copied());
    let Ok(mut child) = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn() else {
        skipped("the tool `script` is not installed");
        return None;
    };
    child.stdin.take().expect("a pipe").write_all(answer.as_bytes()).expect("written");
    let done = Done::from(child.wait_with_output().expect("it ends"));
    Some((done.code, done.out))
}

/// Prints why a test is skipped. Panics in continuous integration, where no test may be skipped.
#[allow(clippy::print_stdout, reason = "the output of a skipped test")]
fn skipped(why: &str) {
    assert!(std::env::var_os("CI").is_none(), "{why}");
    println!("skipped: {why}");
}

#[test]
fn untrusted_text_cannot_disturb_the_terminal() {
    let shop = Shop::new();
    shop.ok(&["pin", "PaymentProcessor", "premium", "-m", "a\u{1b}[2J\u{9b}31m\nversion 99\u{202e}"]);
    for arguments in [&["list"][..], &["show", "PaymentProcessor"], &["history", "PaymentProcessor"]] {
        let output = shop.ok(arguments);
        assert!(output.contains(r"a\u{1b}[2J\u{9b}31m\nversion 99\u{202e}"), "{output}");
        assert!(output.chars().all(|c| c == '\n' || !c.is_control()), "{output:?}");
        let json = shop.ok(&[arguments, &["--json"]].concat());
        assert!(json.chars().all(|c| c == '\n' || !c.is_control() && c != '\u{202e}'), "{json:?}");
        assert!(json.contains(r"\u009b31m"), "{json}");
    }
    let error = shop.run(&["show", "\u{1b}[31mred"]).exits(7).err;
    assert!(error.chars().all(|c| c == '\n' || !c.is_control()), "{error:?}");
}

#[test]
fn a_pipe_receives_plain_lines() {
    let shop = Shop::new();
    shop.ok(&["pin", "PaymentProcessor", "premium", "-m", &"long ".repeat(100)]);
    let list = shop.ok(&["list"]);
    assert_eq!(list.lines().count(), 5, "{list}");
    assert!(!list.contains('\u{1b}'), "{list}");
}

#[test]
fn a_terminal_gets_color_and_wrapped_lines() {
    let shop = Shop::new();
    shop.ok(&["pin", "PaymentProcessor", "premium", "-m", &"long ".repeat(100)]);
    let Some((_, colorful)) = on_a_terminal(&shop, "list", "", &[]) else { return };
    assert!(colorful.contains("\u{1b}[1m"), "{colorful}");
    let Some((code, plain)) = on_a_terminal(&shop, "list", "", &[("NO_COLOR", "1")]) else { return };
    assert_eq!(code, 0);
    assert!(!plain.contains('\u{1b}'), "{plain}");
    assert!(plain.lines().all(|line| line.chars().count() <= 101), "{plain}");
}

#[test]
fn a_reshuffle_is_confirmed_on_a_terminal_and_no_is_the_default() {
    let shop = Shop::new();
    shop.ok(&["rollout", "PaymentProcessor", "--otherwise", "acme=50,premium=50", "--by", "UserId"]);
    let reshuffle = "rollout PaymentProcessor --otherwise acme=50,premium=50 --by Country";
    for answer in ["\n", "n\n", "\u{4}"] {
        let Some((code, output)) = on_a_terminal(&shop, reshuffle, answer, &[]) else { return };
        assert!(output.contains("everyone is reassigned at random") && output.contains("Publish? [y/N]"), "{output}");
        assert_eq!(code, 5, "{output}");
    }
    assert_eq!(shop.version("PaymentProcessor"), 1);
    let Some((code, output)) = on_a_terminal(&shop, reshuffle, "y\n", &[]) else { return };
    assert_eq!(code, 0, "{output}");
    assert_eq!(shop.version("PaymentProcessor"), 2);
}

#[test]
fn an_unwritable_result_is_a_failure() {
    let Some(full) = OpenOptions::new().write(true).open("/dev/full").ok().filter(|_| Path::new("/dev/full").exists())
    else {
        skipped("/dev/full does not exist");
        return;
    };
    let shop = Shop::new();
    let output = shop.command(&["export"]).stdout(full).stderr(Stdio::piped()).output().expect("it runs");
    let done = Done::from(output).exits(8);
    assert!(done.err.contains("the result cannot be written to standard output"), "{}", done.err);
}

#[test]
fn a_closed_pipe_is_not_a_failure() {
    let shop = Shop::new();
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let output = shop.command(&["list"]).stdout(writer).stderr(Stdio::piped()).output().expect("it runs");
    assert_eq!(Done::from(output).exits(0).err, "");
}
