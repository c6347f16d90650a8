//! Many users publish at once.

use axum::http::StatusCode;
use serde_json::json;
use tokio::task::JoinSet;

use crate::fixture::console;

const USERS: usize = 20;

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_concurrent_changes_one_is_published_and_none_is_lost() {
    let console = console().await;
    console.publish("Payments", json!({ "otherwise": { "static": "acme" } }), "grace", "the beginning").await;
    let mut users = JoinSet::new();
    for user in 0..USERS {
        let console = console.clone();
        users.spawn(async move {
            let rule = json!({ "name": format!("rule of {user}"), "select": { "static": "premium" } });
            let draft = json!({ "otherwise": { "static": "acme" }, "rules": [rule] }).to_string();
            let fields =
                [("name", "Payments"), ("what", "edit"), ("base", "1"), ("draft", &draft), ("comment", "why I did it")];
            (user, console.post("/publish", &fields).await)
        });
    }
    let answers = users.join_all().await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|(_, answer)| answer.status == StatusCode::SEE_OTHER);
    let [(winner, _)] = won.as_slice() else { panic!("{} have won", won.len()) };
    assert_eq!(console.version("Payments"), 2);
    assert_eq!(console.state("Payments").rules.len(), 1);
    assert_eq!(console.state("Payments").rules[0].name, format!("rule of {winner}"));
    for (user, answer) in lost {
        assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.body);
        for expected in [
            format!("rule of {winner}"),
            format!("rule of {user}"),
            "why I did it".to_owned(),
            "not published".to_owned(),
        ] {
            assert!(answer.body.contains(&expected), "{user} does not see {expected}: {}", answer.body);
        }
    }
}
