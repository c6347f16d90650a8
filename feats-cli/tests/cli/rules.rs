//! Rules and their conditions.

use serde_json::json;

use crate::harness::Shop;

fn names(shop: &Shop) -> Vec<String> {
    let state = shop.json(&["show", "PaymentProcessor"])["state"].clone();
    state["rules"]
        .as_array()
        .expect("rules")
        .iter()
        .map(|rule| rule["name"].as_str().expect("a name").to_owned())
        .collect()
}

#[test]
fn rules_are_added_moved_and_removed() {
    let shop = Shop::new();
    let add = |name: &str, place: &[&str]| {
        shop.ok(&[&["rule", "add", "PaymentProcessor", name, "--everyone", "--use", "premium"], place].concat());
    };
    add("a", &[]);
    add("b", &[]);
    add("c", &["--before", "b"]);
    add("d", &["--first"]);
    assert_eq!(names(&shop), ["d", "a", "c", "b"]);
    shop.ok(&["rule", "move", "PaymentProcessor", "d", "--last"]);
    shop.ok(&["rule", "move", "PaymentProcessor", "b", "--first"]);
    shop.ok(&["rule", "move", "PaymentProcessor", "b", "--first"]);
    shop.ok(&["rule", "move", "PaymentProcessor", "d", "--before", "c"]);
    assert_eq!(names(&shop), ["b", "a", "d", "c"]);
    shop.ok(&["rule", "remove", "PaymentProcessor", "a"]);
    assert_eq!(names(&shop), ["b", "d", "c"]);
}

#[test]
fn repeated_conditions_all_hold_and_json_allows_groups() {
    let shop = Shop::new();
    shop.ok(&["rule", "add", "PaymentProcessor", "one", "--when", "Country in CA, US", "--use", "premium"]);
    shop.ok(&[
        "rule",
        "add",
        "PaymentProcessor",
        "more",
        "--when",
        "Age >= 18",
        "--when",
        "Member = true",
        "--when-json",
        r#"{"not": {"segment": "Country", "in": ["US"]}}"#,
        "--use",
        "aperture",
    ]);
    let rules = shop.json(&["show", "PaymentProcessor"])["state"]["rules"].clone();
    assert_eq!(rules[0]["when"], json!({ "segment": "Country", "in": ["CA", "US"] }));
    assert_eq!(
        rules[1]["when"],
        json!({ "all": [
            { "segment": "Age", "gte": 18 },
            { "segment": "Member", "eq": true },
            { "not": { "segment": "Country", "in": ["US"] } },
        ] })
    );
}

#[test]
fn a_rule_for_everyone_is_explicit() {
    let shop = Shop::new();
    shop.refuses(2, &["rule", "add", "PaymentProcessor", "all", "--use", "premium"], &["--everyone"]);
    shop.refuses(
        3,
        &["rule", "add", "PaymentProcessor", "all", "--when-json", "null", "--use", "premium"],
        &["null is not a condition"],
    );
    shop.ok(&["rule", "add", "PaymentProcessor", "all", "--everyone", "--use", "premium"]);
    assert_eq!(shop.json(&["explain", "PaymentProcessor"])["decisions"][0]["value"], "premium");
}

#[test]
fn an_unreachable_rule_is_warned_of_once() {
    let shop = Shop::new();
    let add = |name: &str, when: &str| {
        let change = ["rule", "add", "PaymentProcessor", name, "--when", when, "--use", "premium"];
        shop.ok(&change)
    };
    assert!(!add("America", "Country in CA, US").contains("warning"));
    let output = add("Canada", "Country = CA");
    assert!(output.contains("\nwarning: Canada never applies: America covers it.\n"), "{output}");
    assert!(!add("Norway", "Country = NO").contains("warning"), "the warning is not repeated");
    let empty =
        shop.json(&["rule", "add", "PaymentProcessor", "empty", "--when-json", r#"{"any": []}"#, "--use", "acme"]);
    assert_eq!(empty["warnings"], json!([{ "path": "rules[3].when", "kind": "never_holds", "rule": "empty" }]));
}

#[test]
fn an_existing_rule_is_replaced_only_on_request() {
    let shop = Shop::new();
    let add = ["rule", "add", "PaymentProcessor", "a", "--when", "Country = CA", "--use", "premium"];
    shop.ok(&add);
    shop.refuses(3, &add, &["a rule named \"a\" exists already", "--replace"]);
    shop.ok(&[&add[..], &["--replace"]].concat());
    assert_eq!(names(&shop), ["a"]);
}

#[test]
fn an_unknown_rule_is_refused_with_a_suggestion() {
    let shop = Shop::new();
    shop.ok(&["rule", "add", "PaymentProcessor", "Canada", "--everyone", "--use", "premium"]);
    let meant = "rules: no rule named \"Canadda\"; did you mean \"Canada\"?";
    shop.refuses(3, &["rule", "remove", "PaymentProcessor", "Canadda"], &[meant]);
    shop.refuses(3, &["rule", "move", "PaymentProcessor", "Canadda", "--last"], &[meant]);
    shop.refuses(3, &["rollout", "PaymentProcessor", "--rule", "Canadda", "acme=100"], &[meant]);
}

#[test]
fn a_condition_names_its_input_if_several_apply() {
    let shop = Shop::new();
    shop.refuses(
        3,
        &["rule", "add", "layout", "a", "--when", "Device = ios", "--use", "rich"],
        &["rules[0].when.input: Device applies to several inputs", "\"first\", \"second\""],
    );
    shop.refuses(
        3,
        &["rule", "add", "layout", "a", "--when", "first.Device = ioss", "--use", "rich"],
        &["\"ioss\" is not an option of Device; did you mean \"ios\"?"],
    );
    shop.ok(&["rule", "add", "layout", "a", "--when", "first.Device = ios", "--use", "rich"]);
    let output = shop.ok(&["show", "layout"]);
    assert!(output.contains("a: if Device of first is ios, serve rich."), "{output}");
}

#[test]
fn conditions_are_joined_with_words() {
    let shop = Shop::new();
    let when = |text: &str| {
        shop.ok(&["rule", "add", "PaymentProcessor", "r", "--replace", "--when", text, "--use", "premium"]);
        shop.json(&["show", "PaymentProcessor"])["state"]["rules"][0]["when"].clone()
    };
    assert_eq!(
        when("Country = CA or Country = US"),
        json!({ "any": [{ "segment": "Country", "eq": "CA" }, { "segment": "Country", "eq": "US" }] })
    );
    assert_eq!(when("not Country = CA"), json!({ "not": { "segment": "Country", "eq": "CA" } }));
    assert_eq!(
        when("(Country = CA OR Country = US) AND NOT Age < 18"),
        json!({ "all": [
            { "any": [{ "segment": "Country", "eq": "CA" }, { "segment": "Country", "eq": "US" }] },
            { "not": { "segment": "Age", "lt": 18 } },
        ] })
    );
    assert_eq!(when("Country = \"CA or Country = US\"")["eq"], "CA or Country = US");
}

#[test]
fn an_unclear_condition_is_not_published() {
    let shop = Shop::new();
    for (text, expected) in [
        ("Country in CA, US,", "write an empty value as \"\""),
        ("Country in CA,,US", "write an empty value as \"\""),
        ("Country is CA", "did you mean \"=\"?"),
        ("Country = CA && Age > 1", "join conditions with \"and\""),
        ("Country = New York", "write a value with spaces as \"New York\""),
        ("Country = “CA”", "is not a quotation mark here"),
        ("(Country = CA", "does not close the parenthesis at character 1"),
        ("Country = \"CA", "does not close the quote at character 11"),
    ] {
        shop.refuses(
            3,
            &["rule", "add", "PaymentProcessor", "r", "--when", text, "--use", "premium"],
            &["--when: ", expected],
        );
    }
}

#[test]
fn empty_units_need_quotes() {
    let shop = Shop::new();
    for units in ["UserId=42,", "UserId=,42", "UserId=42,,43", "Country=\"CA"] {
        shop.refuses(3, &["override", "add", "PaymentProcessor", units, "--use", "premium"], &["overrides: "]);
        shop.refuses(3, &["override", "remove", "PaymentProcessor", units], &["overrides: "]);
    }
    shop.refuses(3, &["explain", "PaymentProcessor", "--set", "Country="], &["write an empty value as \"\""]);
    shop.refuses(3, &["explain", "PaymentProcessor", "--set", "Country=“CA”"], &["is not a quotation mark here"]);
    shop.ok(&["override", "add", "PaymentProcessor", "Country=\"New York\", CA", "--use", "premium"]);
    let explained = shop.json(&["explain", "PaymentProcessor", "--set", "Country = New York"]);
    assert_eq!(explained["decisions"][0]["reason"], "unit_override");
}

/// Unleash/unleash#629: the value is stored as typed, with a warning.
#[test]
fn a_value_that_looks_like_another_is_warned_of() {
    let shop = Shop::new();
    for (value, expected) in [
        ("CA ", "it ends with U+0020 SPACE"),
        ("CA\t", "U+0009 TAB"),
        ("CA\u{a0}", "U+00A0 NO-BREAK SPACE"),
        ("C\u{200b}A", "U+200B ZERO WIDTH SPACE"),
        ("\u{feff}CA", "U+FEFF ZERO WIDTH NO-BREAK SPACE"),
        ("Que\u{301}bec", "U+0301 COMBINING ACUTE ACCENT"),
    ] {
        let when = format!("Country = \"{value}\"");
        let done = shop.ok(&["rule", "add", "PaymentProcessor", "r", "--replace", "--when", &when, "--use", "premium"]);
        assert!(done.contains("warning: ") && done.contains(expected), "{done}");
        assert_eq!(shop.json(&["show", "PaymentProcessor"])["state"]["rules"][0]["when"]["eq"], value);
    }
    for name in ["Can\u{200b}ada", "a\u{202e}b"] {
        let rule = ["rule", "add", "PaymentProcessor", name, "--everyone", "--use", "premium"];
        shop.refuses(3, &rule, &["rules[1].name: a name can't contain "]);
        let pin = ["pin", "PaymentProcessor", "premium", "--author", name];
        shop.refuses(3, &pin, &["author: a name can't contain "]);
    }
}
