//! Names that are not those of flags, and versions that are not the newest.

use super::shop;
use crate::harness::Shop;

const COMMANDS: [&[&str]; 14] = [
    &["enable"],
    &["disable"],
    &["archive"],
    &["restore"],
    &["destroy", "--yes"],
    &["show"],
    &["data"],
    &["data", "{}"],
    &["percentage", "5"],
    &["bucketer", "--none"],
    &["variant", "dark", "1"],
    &["condition add", "a = 1"],
    &["condition set", "a = 1"],
    &["condition clear"],
];

/// Returns a command line of `feats flag` for a flag.
fn command<'a>(command: &'a [&'a str], flag: &'a str) -> Vec<&'a str> {
    let (verbs, rest) = command.split_first().expect("a verb");
    ["flag"].into_iter().chain(verbs.split(' ')).chain([flag]).chain(rest.iter().copied()).collect()
}

#[test]
fn an_unknown_flag_is_not_found_and_similar_names_are_suggested() {
    let shop = shop();
    for known in COMMANDS {
        let messages = ["there is no flag named \"CHEKOUT\"; did you mean \"CHECKOUT\"?", "`feats flag list`"];
        shop.refuses(7, &command(known, "CHEKOUT"), &messages);
    }
    assert_eq!(shop.refuses(7, &["flag", "show", "CHEKOUT", "--json"], &[]).error()["kind"], "not_found");
    let without = Shop::new().run(&["flag", "show", "CHECKOUT"]).exits(7);
    assert!(!without.err.contains("did you mean"), "{}", without.err);
}

#[test]
fn the_name_of_a_feature_is_said_to_be_one() {
    let shop = shop();
    for known in COMMANDS {
        let message = "\"PaymentProcessor\" is a feature that a program declares in code, not a flag";
        shop.refuses(7, &command(known, "PaymentProcessor"), &[message, "`feats show PaymentProcessor` shows it"]);
    }
}

#[test]
fn an_address_in_place_of_a_name_is_a_usage_error() {
    let shop = shop();
    for known in COMMANDS {
        shop.refuses(
            2,
            &command(known, "redis://localhost"),
            &["expected the name of a flag, not the address of a store"],
        );
    }
}

#[test]
fn a_conflict_shows_both_sides() {
    let shop = shop();
    shop.ok(&["flag", "disable", "CHECKOUT", "--author", "grace", "-m", "errors"]);
    for changed in [&["data", "{\"ttl\": 60}"][..], &["destroy", "--yes"], &["archive"]] {
        let outdated = [&command(changed, "CHECKOUT")[..], &["--expect-version", "1"]].concat();
        let messages = ["Current (version 2 by grace: errors)\n  Flag: disabled.", "Yours (not published)\n"];
        shop.refuses(4, &outdated, &messages);
    }
}
