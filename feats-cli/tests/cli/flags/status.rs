//! `feats flag enable`, `disable`, `archive`, `restore` and `destroy`.

use serde_json::json;

use super::{decision, shop};
use crate::terminal::on_a_terminal;

#[test]
fn a_flag_is_disabled_and_enabled() {
    let shop = shop();
    let out = shop.ok(&["flag", "disable", "CHECKOUT", "-m", "errors"]);
    assert!(
        out.contains("- Flag: enabled.\n+ Flag: disabled.\n  everyone else: 100% move from enabled to disabled"),
        "{out}"
    );
    assert_eq!(decision(&shop, "CHECKOUT", &[]), "disabled");
    shop.ok(&["flag", "enable", "CHECKOUT"]);
    assert_eq!(decision(&shop, "CHECKOUT", &[]), "enabled");
    assert_eq!(shop.json(&["history", "CHECKOUT"])["versions"][1]["comment"], "errors");
}

#[test]
fn a_change_that_is_made_already_writes_nothing() {
    let shop = shop();
    assert_eq!(shop.ok(&["flag", "enable", "CHECKOUT"]), "CHECKOUT: unchanged since version 1\n");
    let repeated = shop.json(&["flag", "enable", "CHECKOUT"]);
    assert_eq!((&repeated["version"], &repeated["based_on"]), (&json!(null), &json!(1)));
    assert_eq!(shop.version("CHECKOUT"), 1);
    shop.refuses(4, &["flag", "enable", "CHECKOUT", "--expect-version", "7"], &["version 1"]);
}

#[test]
fn an_archived_flag_is_disabled_and_changes_only_once_it_is_restored() {
    let shop = shop();
    shop.ok(&["flag", "archive", "CHECKOUT"]);
    assert_eq!(decision(&shop, "CHECKOUT", &[]), "disabled");
    let hint = "hint: `feats flag restore CHECKOUT` restores it";
    for arguments in [
        &["flag", "enable", "CHECKOUT"][..],
        &["flag", "percentage", "CHECKOUT", "5"],
        &["flag", "data", "CHECKOUT", "{}"],
        &["flag", "variant", "CHECKOUT", "dark", "1"],
    ] {
        shop.refuses(3, arguments, &["this flag is archived", hint]);
    }
    assert!(shop.ok(&["flag", "show", "CHECKOUT"]).contains("archived; enabled once it is restored"));
    assert_eq!(shop.ok(&["flag", "data", "CHECKOUT"]), "{}\n");
    shop.ok(&["flag", "restore", "CHECKOUT"]);
    assert_eq!(decision(&shop, "CHECKOUT", &[]), "enabled");
}

#[test]
fn a_flag_is_destroyed_only_with_a_confirmation() {
    let shop = shop();
    let destroy = ["flag", "destroy", "CHECKOUT"];
    let messages = ["this destroys the flag; nothing was written", "confirm with --yes; `feats flag archive CHECKOUT`"];
    shop.refuses(5, &destroy, &messages);
    assert_eq!(shop.refuses(5, &["flag", "destroy", "CHECKOUT", "--json"], &[]).error()["kind"], "needs_confirmation");
    assert!(shop.ok(&["flag", "destroy", "CHECKOUT", "--dry-run"]).contains("not published (dry run on version 1)"));
    let out = shop.ok(&["flag", "destroy", "CHECKOUT", "--yes"]);
    assert!(out.ends_with("undo: feats rollback CHECKOUT --to 1\n"), "{out}");
    assert_eq!(shop.json(&["flag", "list"])["total"], 0);
    shop.refuses(7, &destroy, &["it was destroyed; `feats history CHECKOUT` lists its versions"]);
}

#[test]
fn the_question_of_a_destruction_has_no_as_its_default() {
    let shop = shop();
    for answer in ["\n", "n\n", "\u{4}"] {
        let Some((code, output)) = on_a_terminal(&shop, "flag destroy CHECKOUT", answer, &[]) else { return };
        assert!(output.contains("Destroy \"CHECKOUT\"? Its history is kept. [y/N]"), "{output}");
        assert_eq!(code, 5, "{output}");
    }
    assert_eq!(shop.version("CHECKOUT"), 1);
    let Some((code, output)) = on_a_terminal(&shop, "flag destroy CHECKOUT", "y\n", &[]) else { return };
    assert_eq!(code, 0, "{output}");
    assert_eq!(shop.json(&["flag", "list"])["total"], 0);
}
