//! The commands that only read.

use serde_json::json;

use crate::harness::{Done, Shop, block_on, feats, features};

#[test]
fn list_describes_what_each_feature_serves() {
    let shop = Shop::new();
    shop.ok(&["rule", "add", "PaymentProcessor", "Canada", "--when", "Country = CA", "--use", "premium"]);
    shop.ok(&["override", "add", "PaymentProcessor", "UserId=42,43", "--use", "aperture", "-m", "our testers"]);
    shop.ok(&["pin", "ImageProcessing", "disabled"]);
    let list = shop.ok(&["list"]);
    let line = |feature: &str| list.lines().find(|line| line.starts_with(feature)).unwrap_or_default().to_owned();
    for part in [
        "ops",
        "payments",
        "2 overrides; Canada: premium; everyone else: acme (default)",
        "by ada: our testers",
        "shop::checkout",
    ] {
        assert!(line("PaymentProcessor").contains(part), "{list}");
    }
    assert!(line("ImageProcessing").contains("pinned: everyone gets disabled"), "{list}");
    assert!(line("ConfirmText").contains("everyone gets submit (default)"), "{list}");

    let features = &shop.json(&["list"])["features"];
    assert_eq!(features[0]["feature"], "ConfirmText");
    assert_eq!(features[1]["pinned"], "disabled");
    let payments = &features[2];
    assert_eq!(
        (&payments["kind"], &payments["owner"], &payments["version"]),
        (&json!("ops"), &json!("payments"), &json!(2))
    );
    assert_eq!(payments["changed"]["comment"], "our testers");
}

#[test]
fn show_describes_a_feature() {
    let shop = Shop::new();
    shop.ok(&[
        "rule",
        "add",
        "PaymentProcessor",
        "US",
        "--when",
        "Country = US",
        "--when",
        "Age >= 18",
        "--use",
        "premium",
    ]);
    shop.ok(&["otherwise", "PaymentProcessor", "--use", "aperture"]);
    let shown = shop.ok(&["show", "PaymentProcessor"]);
    for part in [
        "Who charges the card.\nChoose with care.\n",
        "shop::checkout (shop 1.4.2), src/checkout.rs:42",
        "version      2, just now by ada",
        "acme      default\n",
        "premium            4% + $0.50 a transaction\n",
        "Country  text\n",
        "Score    a float\n",
        "1. US: if Country is US and Age is at least 18, serve premium.\n",
        "Everyone else: serve aperture.\n",
    ] {
        assert!(shown.contains(part), "no {part:?} in\n{shown}");
    }
    assert!(shop.ok(&["show", "layout"]).contains("first.Device   text  one of ios, android"));

    let shown = shop.json(&["show", "PaymentProcessor"]);
    assert_eq!(shown["declaration"]["owner"], "payments");
    assert_eq!(shown["state"]["otherwise"], json!({ "static": "aperture" }));
    assert_eq!((&shown["version"], &shown["quarantine"], &shown["removed"]), (&json!(2), &json!(null), &json!(false)));
    assert_eq!(shop.json(&["show", "ConfirmText"])["state"], json!(null));
}

#[test]
fn explain_parses_values_by_their_declared_types() {
    let shop = Shop::new();
    shop.ok(&["rule", "add", "PaymentProcessor", "Adults", "--when", "Age >= 18", "--use", "premium"]);
    shop.ok(&["override", "add", "PaymentProcessor", "UserId=42", "--use", "aperture"]);
    let explain = |set: &[&str]| {
        let set: Vec<&str> = set.iter().flat_map(|set| ["--set", set]).collect();
        shop.json(&[&["explain", "PaymentProcessor"], &*set].concat())["decisions"][0].clone()
    };
    let adult = explain(&["Age=30", "UserId=7"]);
    assert_eq!(
        (&adult["value"], &adult["reason"], &adult["rule"]),
        (&json!("premium"), &json!("rule"), &json!("Adults"))
    );
    assert_eq!(explain(&["UserId=42"])["reason"], "unit_override");
    let unknown = explain(&[]);
    assert_eq!((&unknown["value"], &unknown["reason"]), (&json!("acme"), &json!("default")));
    assert_eq!(unknown["missing"], json!(["Age", "UserId"]));

    let output = shop.ok(&["explain", "PaymentProcessor", "--set", "Age=30"]);
    assert!(output.contains("premium") && output.contains("rule Adults"), "{output}");
    assert!(output.contains("PaymentProcessor also depends on: UserId (not set)"), "{output}");
}

#[test]
fn explain_shows_the_steps_of_a_decision() {
    let shop = Shop::new();
    shop.ok(&["override", "add", "PaymentProcessor", "UserId=42", "--use", "aperture"]);
    shop.ok(&["rule", "add", "PaymentProcessor", "Canada", "--when", "Country = CA", "--use", "premium"]);
    shop.ok(&["rule", "add", "PaymentProcessor", "Adults", "--when", "Age >= 18", "--use", "premium"]);
    shop.ok(&["rule", "add", "PaymentProcessor", "All", "--everyone", "--use", "aperture"]);
    let ask = ["explain", "PaymentProcessor", "--set", "UserId=7", "--set", "Country=US", "--path"];
    let output = shop.ok(&ask);
    let path = output.split_once("PaymentProcessor, step by step\n").expect("the path").1;
    assert_eq!(
        path.lines().collect::<Vec<_>>(),
        [
            "  Override by UserId: does not list 7.",
            "  Canada: did not match. Country is CA: no, it is US.",
            "  Adults: skipped: not set. Age is at least 18: not set.",
            "  All: matched, serves aperture.",
            "  Default: not reached.",
        ]
    );
    let path = &shop.json(&ask)["decisions"][0]["path"];
    let verdicts: Vec<_> =
        path["steps"].as_array().expect("steps").iter().map(|step| step["verdict"].clone()).collect();
    assert_eq!(verdicts, ["fails", "fails", "unknown", "decides", "not_reached"]);
    assert_eq!((&path["choice"], &path["reason"], &path["rule"]), (&json!("aperture"), &json!("rule"), &json!("All")));
}

#[test]
fn explain_without_a_feature_explains_all() {
    let shop = Shop::new();
    shop.ok(&["pin", "ImageProcessing", "disabled"]);
    let decisions = shop.json(&["explain", "--set", "Country=CA"]);
    let values: Vec<_> =
        decisions["decisions"].as_array().expect("a list").iter().map(|it| it["value"].clone()).collect();
    assert_eq!(values, ["submit", "disabled", "acme", "plain"]);
}

#[test]
fn explain_uses_the_attributes_of_the_program() {
    let shop = Shop::new();
    shop.ok(&["rule", "add", "ConfirmText", "dev", "--when", "Environment = dev", "--use", "save"]);
    let value = |set: &[&str]| shop.json(&[&["explain", "ConfirmText"], set].concat())["decisions"][0]["value"].clone();
    assert_eq!(value(&[]), "save");
    assert_eq!(value(&["--set", "Environment=prod"]), "submit");
    assert!(shop.ok(&["explain", "ConfirmText"]).contains("attribute of the program: Environment = \"dev\""));
}

#[test]
fn explain_distinguishes_inputs() {
    let shop = Shop::new();
    shop.ok(&["rule", "add", "layout", "phones", "--when", "second.Device = ios", "--use", "rich"]);
    let value = |set: &str| shop.json(&["explain", "layout", "--set", set])["decisions"][0]["value"].clone();
    assert_eq!(value("second.Device=ios"), "rich");
    assert_eq!(value("first.Device=ios"), "plain");
}

#[test]
fn history_is_newest_first_and_paged() {
    let shop = Shop::new();
    for (n, comment) in ["one", "two", "three"].into_iter().enumerate() {
        let author = format!("author{n}");
        shop.ok(&["pin", "PaymentProcessor", "premium", "--author", &author, "--comment", comment]);
    }
    shop.ok(&["remove", "PaymentProcessor", "-m", "four"]);
    let history = shop.ok(&["history", "PaymentProcessor"]);
    let columns: Vec<Vec<&str>> =
        history.lines().map(|line| line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect()).collect();
    assert_eq!(columns[1], ["4", "just now", "ada", "(removed) four"]);
    assert_eq!(columns[2], ["3", "just now", "author2", "three"]);

    let page = shop.json(&["history", "PaymentProcessor", "--limit", "1", "--before", "3"]);
    assert_eq!(page["versions"].as_array().map(Vec::len), Some(1));
    let version = &page["versions"][0];
    assert_eq!(
        (&version["version"], &version["author"], &version["state"]["pinned"]),
        (&json!(2), &json!("author1"), &json!("premium"))
    );
    assert_eq!(version["hash"].as_str().map(str::len), Some(64));
    assert!(shop.ok(&["history", "ConfirmText"]).contains("no versions"));
}

#[test]
fn diff_has_an_exit_code_for_differences() {
    let shop = Shop::new();
    shop.ok(&["rule", "add", "PaymentProcessor", "Canada", "--when", "Country = CA", "--use", "premium"]);
    shop.ok(&["rule", "add", "PaymentProcessor", "Canada", "--when", "Country = CA", "--use", "aperture", "--replace"]);
    shop.ok(&["rollback", "PaymentProcessor", "--to", "1"]);
    let output = shop.run(&["diff", "PaymentProcessor"]).exits(1).out;
    assert!(
        output.contains("- Canada: if Country is CA, serve aperture.\n+ Canada: if Country is CA, serve premium."),
        "{output}"
    );
    let same = shop.run(&["diff", "PaymentProcessor", "1", "3"]).exits(0).out;
    assert!(same.contains("no difference between versions 1 and 3"), "{same}");
    let first = shop.run(&["diff", "PaymentProcessor", "0", "1", "--json"]).exits(1).out;
    let first: serde_json::Value = serde_json::from_str(&first).expect("JSON");
    assert_eq!((&first["from"], &first["to"]), (&json!(0), &json!(1)));
    assert_eq!(first["differences"][0]["change"], "added");
    assert_eq!(first["differences"][0]["after"]["json"]["select"], json!({ "static": "premium" }));
}

#[test]
fn status_lists_the_programs() {
    let shop = Shop::new();
    let running = shop.start_program("1.4.2", features());
    let output = shop.ok(&["status"]);
    assert!(output.contains("live, 4 features") && output.contains("shop 1.4.2"), "{output}");
    let status = shop.json(&["status"]);
    assert_eq!(status["programs"][0]["features"], 4);
    assert_eq!(status["programs"][0]["running"][0]["version"], "1.4.2");
    block_on(running.shutdown()).expect("it ends");
}

#[test]
fn completions_need_no_store() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let mut command = feats();
        command.args(["completions", shell]);
        assert!(Done::run(command).exits(0).out.contains("rollback"), "{shell}");
    }
}

#[test]
fn limits_need_no_store() {
    let run = |arguments: &[&str]| {
        let mut command = feats();
        command.args(arguments);
        Done::run(command).exits(0).out
    };
    let page = run(&["limits"]);
    assert!(page.contains("LIMIT") && page.contains("automaton-bytes"), "{page}");
    let json: serde_json::Value = serde_json::from_str(&run(&["limits", "--json"])).expect("JSON");
    let known = feats::model::limits::all();
    assert_eq!(json["limits"].as_array().map(Vec::len), Some(known.len()));
    assert_eq!(
        json["limits"][0],
        serde_json::json!({ "name": "rules", "value": 1_000, "unit": "rules", "about": known[0].about })
    );
}

#[test]
fn the_help_of_every_command_has_an_example() {
    let run = |arguments: &[&str]| {
        let mut command = feats();
        command.args(arguments).arg("--help");
        Done::run(command).exits(0).out
    };
    let top = run(&[]);
    for code in 0..=8 {
        assert!(top.contains(&format!("\n  {code}  ")), "{top}");
    }
    for command in [
        "list",
        "show",
        "explain",
        "pin",
        "unpin",
        "rule add",
        "rule move",
        "rule remove",
        "rollout",
        "otherwise",
        "override add",
        "override remove",
        "history",
        "diff",
        "rollback",
        "remove",
        "export",
        "import",
        "stale",
        "thrift-serve",
        "status",
        "limits",
        "completions",
    ] {
        let help = run(&command.split(' ').collect::<Vec<_>>());
        assert!(help.contains(&format!("Examples:\n  feats {command}")) || help.contains("FEATS_STORE="), "{help}");
    }
}
