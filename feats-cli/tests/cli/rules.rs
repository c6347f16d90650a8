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
fn several_conditions_are_all_and_json_can_say_more() {
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
fn a_rule_for_everyone_is_asked_for() {
    let shop = Shop::new();
    shop.refuses(2, &["rule", "add", "PaymentProcessor", "all", "--use", "premium"], &["--everyone"]);
    shop.refuses(
        3,
        &["rule", "add", "PaymentProcessor", "all", "--when-json", "null", "--use", "premium"],
        &["null is no condition"],
    );
    shop.ok(&["rule", "add", "PaymentProcessor", "all", "--everyone", "--use", "premium"]);
    assert_eq!(shop.json(&["explain", "PaymentProcessor"])["decisions"][0]["value"], "premium");
}

#[test]
fn a_rule_that_nobody_reaches_is_warned_of_once() {
    let shop = Shop::new();
    let add = |name: &str, when: &str| {
        let change = ["rule", "add", "PaymentProcessor", name, "--when", when, "--use", "premium"];
        shop.ok(&change)
    };
    assert!(!add("America", "Country in CA, US").contains("warning"));
    let said = add("Canada", "Country = CA");
    assert!(said.contains("\nwarning: Canada never applies: America covers it.\n"), "{said}");
    assert!(!add("Norway", "Country = NO").contains("warning"), "it is known by now");
    let empty =
        shop.json(&["rule", "add", "PaymentProcessor", "nobody", "--when-json", r#"{"any": []}"#, "--use", "acme"]);
    assert_eq!(empty["warnings"], json!([{ "path": "rules[3].when", "kind": "never_holds", "rule": "nobody" }]));
}

#[test]
fn a_rule_that_stands_is_replaced_only_on_request() {
    let shop = Shop::new();
    let add = ["rule", "add", "PaymentProcessor", "a", "--when", "Country = CA", "--use", "premium"];
    shop.ok(&add);
    shop.refuses(3, &add, &["there is a rule named \"a\" already", "--replace"]);
    shop.ok(&[&add[..], &["--replace"]].concat());
    assert_eq!(names(&shop), ["a"]);
}

#[test]
fn a_rule_that_is_not_there_is_named_with_what_was_meant() {
    let shop = Shop::new();
    shop.ok(&["rule", "add", "PaymentProcessor", "Canada", "--everyone", "--use", "premium"]);
    let meant = "rules: no rule named \"Canadda\"; did you mean \"Canada\"?";
    shop.refuses(3, &["rule", "remove", "PaymentProcessor", "Canadda"], &[meant]);
    shop.refuses(3, &["rule", "move", "PaymentProcessor", "Canadda", "--last"], &[meant]);
    shop.refuses(3, &["rollout", "PaymentProcessor", "--rule", "Canadda", "acme=100"], &[meant]);
}

#[test]
fn where_inputs_differ_a_condition_says_which() {
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
    let said = shop.ok(&["show", "layout"]);
    assert!(said.contains("a: if Device of first is ios, give rich."), "{said}");
}

#[test]
fn conditions_are_joined_by_words() {
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
fn a_condition_that_is_unclear_publishes_nothing() {
    let shop = Shop::new();
    for (text, said) in [
        ("Country in CA, US,", "an empty value is written \"\""),
        ("Country in CA,,US", "an empty value is written \"\""),
        ("Country is CA", "did you mean \"=\"?"),
        ("Country = CA && Age > 1", "conditions are joined by \"and\""),
        ("Country = New York", "text with spaces is written \"New York\""),
        ("Country = “CA”", "is not a quote here"),
        ("(Country = CA", "does not close the parenthesis at character 1"),
        ("Country = \"CA", "does not close the quote at character 11"),
    ] {
        shop.refuses(
            3,
            &["rule", "add", "PaymentProcessor", "r", "--when", text, "--use", "premium"],
            &["--when: ", said],
        );
    }
}

#[test]
fn lists_of_units_have_no_empty_values_either() {
    let shop = Shop::new();
    for units in ["UserId=42,", "UserId=,42", "UserId=42,,43", "Country=\"CA"] {
        shop.refuses(3, &["override", "add", "PaymentProcessor", units, "--use", "premium"], &["overrides: "]);
        shop.refuses(3, &["override", "remove", "PaymentProcessor", units], &["overrides: "]);
    }
    shop.refuses(3, &["explain", "PaymentProcessor", "--set", "Country="], &["an empty value is written \"\""]);
    shop.refuses(3, &["explain", "PaymentProcessor", "--set", "Country=“CA”"], &["is not a quote here"]);
    shop.ok(&["override", "add", "PaymentProcessor", "Country=\"New York\", CA", "--use", "premium"]);
    let explained = shop.json(&["explain", "PaymentProcessor", "--set", "Country = New York"]);
    assert_eq!(explained["decisions"][0]["reason"], "unit_override");
}

/// Unleash/unleash#629: the value is stored as it is, and whoever stores it is told.
#[test]
fn a_value_that_nobody_can_tell_apart_is_warned_of() {
    let shop = Shop::new();
    for (value, said) in [
        ("CA ", "it ends with U+0020 SPACE"),
        ("CA\t", "U+0009 TAB"),
        ("CA\u{a0}", "U+00A0 NO-BREAK SPACE"),
        ("C\u{200b}A", "U+200B ZERO WIDTH SPACE"),
        ("\u{feff}CA", "U+FEFF ZERO WIDTH NO-BREAK SPACE"),
        ("Que\u{301}bec", "U+0301 COMBINING ACUTE ACCENT"),
    ] {
        let when = format!("Country = \"{value}\"");
        let done = shop.ok(&["rule", "add", "PaymentProcessor", "r", "--replace", "--when", &when, "--use", "premium"]);
        assert!(done.contains("warning: ") && done.contains(said), "{done}");
        assert_eq!(shop.json(&["show", "PaymentProcessor"])["state"]["rules"][0]["when"]["eq"], value);
    }
    for name in ["Can\u{200b}ada", "a\u{202e}b"] {
        let rule = ["rule", "add", "PaymentProcessor", name, "--everyone", "--use", "premium"];
        shop.refuses(3, &rule, &["rules[1].name: a name can't contain "]);
        let pin = ["pin", "PaymentProcessor", "premium", "--author", name];
        shop.refuses(3, &pin, &["author: a name can't contain "]);
    }
}
