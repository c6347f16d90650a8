//! Conflicts with versions that others published in the meantime.

use serde_json::json;

use crate::harness::Shop;

#[test]
fn a_conflict_shows_both_sides() {
    let shop = Shop::new();
    shop.ok(&["otherwise", "PaymentProcessor", "--use", "premium", "--author", "grace", "-m", "Acme is down"]);
    let mine = [
        "rule",
        "add",
        "PaymentProcessor",
        "Canada",
        "--when",
        "Country = CA",
        "--use",
        "aperture",
        "--expect-version",
        "0",
    ];
    shop.refuses(
        4,
        &mine,
        &[
            "Current (version 1 by grace: Acme is down)\n  Everyone else: serve premium.",
            "Yours (not published)\n  Canada: if Country is CA, serve aperture.\n  Everyone else: serve premium.",
        ],
    );
    let error = shop.refuses(4, &[&mine[..], &["--json"]].concat(), &[]).error();
    let conflict = &error["conflict"];
    assert_eq!(
        (&error["kind"], &conflict["version"], &conflict["author"]),
        (&json!("conflict"), &json!(1), &json!("grace"))
    );
    assert_eq!(conflict["theirs"]["rules"], json!([]));
    assert_eq!(conflict["yours"]["rules"][0]["name"], "Canada");
}

#[test]
fn a_dry_run_reports_the_same_conflict() {
    let shop = Shop::new();
    shop.ok(&["pin", "PaymentProcessor", "premium"]);
    shop.refuses(4, &["unpin", "PaymentProcessor", "--expect-version", "7", "--dry-run"], &["version 1"]);
}

#[test]
fn the_expected_version_publishes() {
    let shop = Shop::new();
    shop.ok(&["pin", "PaymentProcessor", "premium", "--expect-version", "0"]);
    shop.ok(&["unpin", "PaymentProcessor", "--expect-version", "1"]);
    assert_eq!(shop.version("PaymentProcessor"), 2);
}
