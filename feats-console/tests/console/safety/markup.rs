//! Escaping of user input on every page.

use axum::http::StatusCode;
use feats::model::{Declaration, ValueKind};
use serde_json::{Value as Json, json};

use super::PAGES;
use crate::fixture::{Answer, MARKUP, TestConsole, console_with, encoded};

/// A text that adds attributes unless it is escaped.
const ATTRIBUTE: &str = "\" onmouseover=\"alert(1)\" x='";

async fn hostile() -> TestConsole {
    let mut feature = Declaration::new(MARKUP, [MARKUP, ATTRIBUTE]).doc(MARKUP).segment(ATTRIBUTE, ValueKind::Text);
    feature.owner = Some(MARKUP.into());
    let payments = Declaration::new("Payments", ["acme", "premium"]).segment("Country", ValueKind::Text);
    let console = console_with([feature, payments]).await.as_user("<script>eve</script>");
    let rule = |name: &str, segment: &str, choice: &str| json!({ "name": name, "when": { "segment": segment, "in": [MARKUP, ATTRIBUTE] }, "select": { "static": choice } });
    let own = json!({
        "rules": [rule(MARKUP, ATTRIBUTE, ATTRIBUTE), rule(ATTRIBUTE, ATTRIBUTE, MARKUP)],
        "overrides": [{ "segment": ATTRIBUTE, "values": [MARKUP, ATTRIBUTE], "use": MARKUP }],
    });
    console.publish(MARKUP, own, MARKUP, MARKUP).await;
    console.publish(MARKUP, json!({ "pinned": ATTRIBUTE }), ATTRIBUTE, ATTRIBUTE).await;
    console
        .publish(
            "Payments",
            json!({ "rules": [rule(MARKUP, "Country", "acme"), rule(ATTRIBUTE, "Country", "premium")] }),
            MARKUP,
            MARKUP,
        )
        .await;
    console
}

/// Checks that the only scripts are the console's own files, and that no text ends an attribute.
fn is_escaped(answer: &Answer, what: &str) {
    let is_page = answer.headers.get("content-type").is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if !is_page {
        return;
    }
    let scripts = answer.body.matches("<script").count();
    assert_eq!(scripts, answer.body.matches("<script src=\"").count(), "{what}: an injected script: {}", answer.body);
    assert!(!answer.body.contains("<script>"), "{what}");
    // Quotes matter only in attributes, but they are escaped everywhere.
    assert!(!answer.body.contains("\" onmouseover=\""), "{what}: {}", answer.body);
}

#[tokio::test]
async fn every_page_is_escaped() {
    let console = hostile().await;
    let name = encoded(&[("name", MARKUP)]);
    let mut pages: Vec<String> = PAGES.map(str::to_owned).into();
    for page in ["feature", "history", "compare", "explain"] {
        pages.push(format!("/{page}?{name}"));
    }
    for text in [MARKUP, ATTRIBUTE] {
        for (page, field) in [
            ("features", "q"),
            ("features", "owner"),
            ("features", "kind"),
            ("features", "state"),
            ("features", "sort"),
            ("audit", "q"),
            ("audit", "feature"),
            ("audit", "author"),
            ("audit", "before"),
            ("audit", "since"),
            ("audit", "until"),
            ("instances", "catalog"),
            ("segments", "name"),
            ("feature", "name"),
            ("history", "name"),
            ("history", "before"),
            ("explain", "name"),
            ("feature", "published"),
        ] {
            pages.push(format!("/{page}?{}", encoded(&[(field, text)])));
            pages.push(format!("/{page}?{}", encoded(&[("name", "Payments"), (field, text)])));
        }
        pages.push(format!("/explain?{}", encoded(&[("name", "Payments"), ("Country", text)])));
        pages.push(format!("/explain?{}", encoded(&[("name", MARKUP), (ATTRIBUTE, text)])));
        pages.push(format!("/{}", encoded(&[("", text)])));
    }
    for page in pages {
        let answer = console.get(&page).await;
        assert!(!answer.status.is_server_error(), "{page}: {}", answer.status);
        is_escaped(&answer, &page);
    }
}

#[tokio::test]
async fn every_response_to_a_form_is_escaped() {
    let console = hostile().await;
    let drafts: [Json; 3] = [
        console.state("Payments").to_json(),
        json!({ "rules": [{ "name": MARKUP, "when": { "segment": MARKUP, "eq": MARKUP }, "select": { "static": MARKUP } }] }),
        json!({ MARKUP: MARKUP, "pinned": ATTRIBUTE, "otherwise": { "rollout": { "by": MARKUP, "weights": { MARKUP: 1 } } } }),
    ];
    for draft in drafts {
        let draft = draft.to_string();
        for base in ["0", "1", MARKUP] {
            for (what, step) in [
                ("edit", MARKUP),
                ("edit", "open:0"),
                ("edit", "merge"),
                ("edit", "override+"),
                ("pin", ""),
                ("rollback", ""),
                (MARKUP, ""),
            ] {
                let mut fields = vec![
                    ("name", "Payments"),
                    ("what", what),
                    ("do", step),
                    ("base", base),
                    ("draft", draft.as_str()),
                    ("open", "0"),
                ];
                for field in [
                    "comment",
                    "choice",
                    "version",
                    "r.name",
                    "r.c0.source",
                    "r.c0.op",
                    "r.c0.v",
                    "r.c0.json",
                    "r.static",
                    "r.kind",
                    "r.by",
                    "r.share",
                    "r.start",
                    "r.duration",
                    "r.unknown",
                    "r.rest",
                    "o.segment",
                    "o.value",
                    "o.use",
                ] {
                    fields.push((field, if field.len() % 2 == 0 { MARKUP } else { ATTRIBUTE }));
                }
                for path in ["/feature", "/preview", "/publish"] {
                    let answer = console.post(path, &fields).await;
                    assert!(
                        !answer.status.is_server_error(),
                        "{path} {what} {step} {base}: {} {}",
                        answer.status,
                        answer.body
                    );
                    is_escaped(&answer, path);
                }
            }
        }
    }
    assert_eq!(console.version("Payments"), 1);
}

/// Spreadsheets evaluate cells with these prefixes as formulas.
#[tokio::test]
async fn an_exported_table_has_no_formulas() {
    let console = console_with([Declaration::new("Payments", ["acme", "premium"])]).await;
    console.publish("Payments", json!({ "pinned": "acme" }), "=1+2", "@SUM(A1), \"quoted\"\n=HYPERLINK(1)").await;
    let answer = console.get("/audit.csv").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.headers["content-type"].to_str().is_ok_and(|kind| kind.starts_with("text/csv")));
    for cell in ["=1+2", "@SUM"] {
        assert!(
            !answer.body.contains(&format!(",{cell}")) && !answer.body.contains(&format!(",\"{cell}")),
            "{}",
            answer.body
        );
    }
}
