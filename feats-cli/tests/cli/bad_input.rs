//! Invalid input: each mistake is refused with its place and a remedy, and nothing is written.

use std::fs::{self, File};

use serde_json::json;

use crate::harness::{Done, Shop, feats};

#[test]
fn unknown_names_are_refused_with_a_suggestion() {
    let shop = Shop::new();
    for command in [&["show"][..], &["explain"], &["history"], &["diff"], &["unpin"], &["remove"], &["export"]] {
        let arguments = [command, &["PaymentProcesor"]].concat();
        shop.refuses(
            7,
            &arguments,
            &["no feature named \"PaymentProcesor\"; did you mean \"PaymentProcessor\"?", "feats list"],
        );
    }
    let error = shop.refuses(7, &["show", "PaymentProcesor", "--json"], &[]).error();
    assert_eq!(error["kind"], "not_found");
    shop.refuses(
        3,
        &["pin", "PaymentProcessor", "acmee"],
        &["pinned: unknown implementation \"acmee\"; did you mean \"acme\"?"],
    );
    shop.refuses(7, &["rollback", "PaymentProcessor", "--to", "9"], &["there is no version 9"]);
    shop.refuses(7, &["diff", "PaymentProcessor", "1", "2"], &["there is no version 1"]);
    shop.refuses(
        3,
        &["explain", "PaymentProcessor", "--set", "Contry=CA", "--set", "Age=old", "--set", "Age"],
        &[
            "no segment named \"Contry\"; did you mean \"Country\"?",
            "\"old\" is not valid for Age, which is an integer",
            "\"Age\" has no value",
        ],
    );
    shop.refuses(3, &["explain", "--set", "Contry=CA"], &["did you mean \"Country\"?"]);
}

#[test]
fn all_problems_of_a_rule_are_reported_at_once() {
    let shop = Shop::new();
    let rule = [
        "rule",
        "add",
        "PaymentProcessor",
        "a",
        "--when",
        "Contry = CA",
        "--when",
        "Age >= old",
        "--when",
        "Country matches (",
        "--when",
        "Country semver >=banana",
        "--when",
        "Country before noon",
        "--when",
        "Age contains 1",
        "--use",
        "acmee",
    ];
    shop.refuses(
        3,
        &rule,
        &[
            "7 problems, nothing was written",
            "rules[0].when.all[0].segment: no segment named \"Contry\" applies to \"PaymentProcessor\"; did you mean \"Country\"?",
            "rules[0].when.all[1].gte: \"old\" is text, but Age is an integer",
            "rules[0].when.all[2].matches: not a regular expression",
            "rules[0].when.all[3].semver: ",
            "rules[0].when.all[4].before: \"noon\" is not an RFC 3339 time",
            "rules[0].when.all[5].contains: contains requires text",
            "rules[0].select.static: unknown implementation \"acmee\"; did you mean \"acme\"?",
        ],
    );
    let error = shop.refuses(3, &[&rule[..], &["--json"]].concat(), &[]).error();
    assert_eq!((&error["kind"], &error["feature"]), (&json!("invalid"), &json!("PaymentProcessor")));
    assert_eq!(error["problems"][0]["suggestion"], "Country");
}

#[test]
fn unreadable_conditions_are_refused() {
    let shop = Shop::new();
    let add = |option: &str, text: &str, expected: &str| {
        shop.refuses(3, &["rule", "add", "PaymentProcessor", "a", option, text, "--use", "acme"], &[expected]);
    };
    add("--when", "Country == CA", "--when: \"Country == CA\" has the unknown operator \"==\"; did you mean \"=\"?");
    add("--when", "Country beginns-with CA", "has the unknown operator \"beginns-with\"");
    add("--when", "Country", "has no operator");
    add("--when", "", "does not start with a segment");
    add("--when-json", "{", "--when-json: this is not valid JSON");
    add(
        "--when-json",
        r#"{"segment": "Country", "inn": ["CA"]}"#,
        "--when-json.inn: unknown operator \"inn\"; did you mean \"in\"?",
    );
    add("--when-json", r#"{"segment": "Country", "in": ["CA"], "in": []}"#, "duplicate key \"in\"");
    add("--when-json", &format!("{}{}", r#"{"not":"#.repeat(10_000), "}".repeat(10_000)), "recursion limit");
    let deep = format!("{}{}{}", r#"{"not":"#.repeat(40), r#"{"segment": "Country", "eq": "CA"}"#, "}".repeat(40));
    add("--when-json", &deep, "conditions can be nested at most 32 levels deep");
    let long = "a".repeat(1_025);
    add("--when", &format!("Country matches {long}"), "the pattern has 1025 bytes; the maximum is 1024");
}

#[test]
fn invalid_weights_are_refused() {
    let shop = Shop::new();
    for (weights, expected) in [
        (
            "acme=-5,premium=105",
            "rollout.weights.acme: a weight must be a percentage from 0 to 100 with at most four decimals, not -5",
        ),
        (
            "acme=NaN,premium=5",
            "weights.acme: a weight must be a percentage from 0 to 100 with at most four decimals, not NaN",
        ),
        ("acme=inf", "weights.acme: a weight must be"),
        ("acme=101", "weights.acme: a weight must be a percentage from 0 to 100"),
        ("acme=99.99999,premium=0.00001", "with at most four decimals"),
        ("acme=60,premium=60", "weights: the weights must sum to 100, not 120"),
        ("acme=5", "weights: the weights must sum to 100, not 5"),
        ("acme=much", "\"much\" is not a percentage"),
        ("acme", "\"acme\" is not a weight; write IMPLEMENTATION=PERCENT"),
        ("acme=50,acme=50", "\"acme\" has more than one weight"),
        ("acmee=100", "unknown implementation \"acmee\"; did you mean \"acme\"?"),
    ] {
        shop.refuses(
            3,
            &["rule", "add", "PaymentProcessor", "a", "--everyone", "--rollout", weights, "--by", "UserId"],
            &[expected],
        );
        shop.refuses(
            3,
            &["rollout", "PaymentProcessor", "--otherwise", weights, "--by", "UserId"],
            &[expected.trim_start_matches("rollout.")],
        );
    }
}

#[test]
fn invalid_rollouts_are_refused() {
    let shop = Shop::new();
    let rollout = |options: &[&str], expected: &str| {
        let arguments = [&["rollout", "PaymentProcessor", "--otherwise", "acme=50,premium=50"], options].concat();
        shop.refuses(3, &arguments, &[expected]);
    };
    rollout(&["--by", "Score"], "otherwise.rollout.by: Score is a float and cannot identify units");
    rollout(&["--by", "UserID"], "otherwise.rollout.by: no segment named \"UserID\"; did you mean \"UserId\"?");
    rollout(&["--by", "UserId", "--over", "soon"], "otherwise.rollout.ramp.duration: \"soon\" is not a duration");
    rollout(
        &["--by", "UserId", "--over", "3h", "--start", "noon"],
        "otherwise.rollout.ramp.start: \"noon\" is not an RFC 3339 time",
    );
    rollout(
        &["--by", "UserId", "--over", "3h", "--start", "2026-12-01T09:00:00+01:00"],
        "the start of a ramp must be in UTC",
    );
    rollout(
        &["--by", "UserId", "--over", "3h", "--from", "acme=1"],
        "otherwise.rollout.ramp.from: the weights must sum to 100, not 1",
    );
    rollout(&["--by", "UserId", "--over", "3h", "--from", "acme"], "--from: \"acme\" is not a weight");
    rollout(&["--by", "UserId", "--seed", ""], "otherwise.rollout.seed: a seed can't be empty");
}

#[test]
fn names_and_comments_are_limited() {
    let shop = Shop::new();
    let rule = |name: &str, expected: &str| {
        shop.refuses(3, &["rule", "add", "PaymentProcessor", name, "--everyone", "--use", "acme"], &[expected]);
    };
    rule("a\u{1b}[31mb", "rules[0].name: a name can't contain control characters");
    rule("", "rules[0].name: a name can't be empty");
    rule(&"x".repeat(201), "rules[0].name: a name can have at most 200 characters");
    shop.refuses(
        3,
        &["unpin", "PaymentProcessor", "--author", "a\nb"],
        &["author: a name can't contain control characters"],
    );
    shop.refuses(
        3,
        &["unpin", "PaymentProcessor", "-m", &"x".repeat(10_001)],
        &["comment: a comment can have at most 10000 characters"],
    );
}

#[test]
fn at_most_a_hundred_problems_of_a_document_are_listed() {
    let shop = Shop::new();
    let zeros = format!("[{}]", vec!["0"; 100_000].join(","));
    let fields: String = (0..50_000).map(|at| format!(",\"rulez{at}\":1")).collect();
    for (name, text, more) in [
        ("rules.json", format!("{{\"rules\":{zeros}}}"), "and 99 900 more problems"),
        ("overrides.json", format!("{{\"overrides\":{zeros}}}"), "and 99 900 more problems"),
        ("fields.json", format!("{{\"rules\":[]{fields}}}"), "and 49 900 more problems"),
        (
            "whole.json",
            format!(
                "{{\"format\":1,\"features\":{{\"PaymentProcessor\":{{\"state\":{{\"rules\":{zeros}}}}}}}{fields}}}"
            ),
            "and 49 900 more problems",
        ),
    ] {
        let path = shop.directory.path().join(name);
        fs::write(&path, text).expect("written");
        let path = path.to_str().expect("UTF-8");
        let done = shop.refuses(3, &["import", path, "--feature", "PaymentProcessor"], &[more]);
        assert!(done.err.lines().count() < 110, "{}", done.err);
        let problems = shop.refuses(3, &["import", path, "--feature", "PaymentProcessor", "--json"], &[]).error();
        assert_eq!(problems["problems"].as_array().map(Vec::len), Some(101));
    }
    let costly: Vec<_> = (0..900)
        .map(|at| {
            json!({ "name": at.to_string(), "when": { "segment": "Country",
        "matches": format!("a[ab]{{12}}@{at}") }, "select": { "static": "acme" } })
        })
        .collect();
    let path = shop.directory.path().join("costly.json");
    fs::write(&path, json!({ "rules": costly }).to_string()).expect("written");
    let path = path.to_str().expect("UTF-8");
    shop.refuses(
        3,
        &["import", path, "--feature", "PaymentProcessor"],
        &["].when.matches: the pattern is too complex"],
    );
}

#[test]
fn unreadable_documents_are_refused() {
    let shop = Shop::new();
    let import = |name: &str, text: &[u8], expected: &str| {
        let path = shop.directory.path().join(name);
        fs::write(&path, text).expect("written");
        let path = path.to_str().expect("UTF-8");
        shop.refuses(3, &["import", path, "--feature", "PaymentProcessor"], &[expected]);
    };
    import("twice.json", br#"{"pinned": "acme", "pinned": "premium"}"#, "duplicate key \"pinned\"");
    import("twice.yaml", b"pinned: acme\npinned: premium\n", "duplicate");
    import("deep.json", "[".repeat(10_000).as_bytes(), "the JSON is nested more than 127 levels deep");
    import("deep.yaml", "- ".repeat(10_000).as_bytes(), "the document is not valid YAML");
    import("flow.yaml", "[".repeat(10_000).as_bytes(), "the document is not valid YAML");
    import("nan.yaml", b"otherwise: {rollout: {by: UserId, weights: {acme: .nan}}}", "the document is not valid YAML");
    let bomb: String = (1..30).map(|n| format!("a{n}: &a{n} [*a{0}, *a{0}, *a{0}]\n", n - 1)).collect();
    import("bomb.yaml", format!("a0: &a0 [x]\n{bomb}").as_bytes(), "the document is not valid YAML");
    import("half.json", br#"{"rules": ["#, "the document is not valid JSON");
    import("bytes.json", b"\xff\xfe", "the file is not valid UTF-8");
    import("text.txt", b"hello", "a state must be an object, not a string");
    import(
        "newer.json",
        br#"{"format": 2, "features": {}}"#,
        "format: unsupported format 2; this version of feats reads format 1",
    );
    import("field.json", br#"{"pined": "acme"}"#, "pined: unknown field \"pined\"; did you mean \"pinned\"?");
    let missing = shop.directory.path().join("none.json");
    shop.refuses(
        3,
        &["import", missing.to_str().expect("UTF-8")],
        &["the file cannot be read", "No such file", "none.json"],
    );
}

#[test]
fn a_document_of_100_mebibytes_is_not_read() {
    let shop = Shop::new();
    let path = shop.directory.path().join("large.json");
    File::create(&path).and_then(|file| file.set_len(100 << 20)).expect("a sparse file");
    let path = path.to_str().expect("UTF-8");
    shop.refuses(3, &["import", path], &["the document is larger than 16 MiB and was not read"]);
}

#[test]
fn invalid_command_lines_are_refused() {
    let shop = Shop::new();
    shop.refuses(2, &["lst"], &["unrecognized subcommand", "list"]);
    shop.refuses(2, &["pin", "PaymentProcessor"], &["<IMPLEMENTATION>"]);
    let error = shop.refuses(2, &["pin", "PaymentProcessor", "--json"], &[]).error();
    assert_eq!(error["kind"], "usage");
    let mut command = feats();
    command.arg("list");
    assert!(
        Done::run(command)
            .exits(2)
            .err
            .contains("no store given; use --store redis://HOST or --store sqlite:PATH, or set FEATS_STORE")
    );
}

/// A mistyped address of a store can occur anywhere in a command line, with its password.
#[test]
fn no_message_contains_a_password() {
    let shop = Shop::new();
    let addresses = [
        "redis://admin:secret@h",
        "\"redis://admin:secret@h\"",
        "'redis://admin:secret@h'",
        "redi://admin:secret@h",
        "redis//admin:secret@h",
        "redis:admin:secret@h",
        "admin:secret@h:6379",
        "sqlite://admin:secret@h",
        "redis://admin:my secret@h",
        "https://admin:secret@h/?a=1",
    ];
    for address in addresses {
        let option = format!("--store={address}");
        let unknown = format!("--stor={address}");
        for arguments in [
            &["history", address][..],
            &["pin", address, "premium"],
            &["pin", "PaymentProcessor", address],
            &[address],
            &["list", address],
            &["list", &unknown],
            &["rollout", "PaymentProcessor", address],
            &["rollback", "PaymentProcessor", "--to", address],
            &["import", address],
            &["explain", "--set", address],
            &["override", "add", "PaymentProcessor", address, "--use", "premium"],
            &["rule", "add", "PaymentProcessor", "r", "--when", address, "--use", "premium"],
        ] {
            for json in [&[][..], &["--json"]] {
                let done = shop.run(&[arguments, json].concat());
                assert_ne!(done.code, 0, "{arguments:?}");
                assert!(!done.err.contains("secret") && !done.out.contains("secret"), "{arguments:?}: {}", done.err);
            }
        }
        if address == "redis://admin:secret@h" || address == "redis://admin:my secret@h" {
            continue;
        }
        for json in [&[][..], &["--json"]] {
            let given = Done::run(command(&[&["list", &option], json].concat()));
            let mut by_variable = command(&[&["list"], json].concat());
            by_variable.env("FEATS_STORE", address);
            for done in [given, Done::run(by_variable)] {
                assert_ne!(done.code, 0);
                assert!(!done.err.contains("secret"), "{}", done.err);
            }
        }
    }
}

fn command(arguments: &[&str]) -> std::process::Command {
    let mut command = feats();
    command.args(arguments);
    command
}

#[test]
fn unknown_names_are_refused_with_the_existing_ones() {
    let shop = Shop::new();
    let boolean = "unknown implementation \"zzz\"; available: enabled, default, disabled";
    shop.refuses(3, &["pin", "ImageProcessing", "zzz"], &[boolean]);
    let rule = ["rule", "add", "PaymentProcessor", "r", "--when", "Land = CA", "--use", "premium"];
    shop.refuses(3, &rule, &["no segment named \"Land\"", "UserId"]);
    shop.refuses(7, &["show", "Zzz"], &["existing features: ConfirmText, ImageProcessing, PaymentProcessor, layout"]);
    shop.refuses(7, &["show", "layotu"], &["did you mean \"layout\"?"]);
    shop.refuses(2, &["enable", "ImageProcessing"], &["feats pin FEATURE enabled"]);
}
