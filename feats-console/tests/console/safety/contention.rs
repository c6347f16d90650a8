//! Many people publish at once.

use axum::http::StatusCode;
use serde_json::json;
use tokio::task::JoinSet;

use crate::fixture::console;

const PEOPLE: usize = 20;

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_who_publish_on_the_same_version_one_wins_and_nothing_is_lost() {
    let console = console().await;
    console.publish("Payments", json!({ "otherwise": { "static": "acme" } }), "grace", "the beginning").await;
    let mut people = JoinSet::new();
    for person in 0..PEOPLE {
        let console = console.clone();
        people.spawn(async move {
            let rule = json!({ "name": format!("rule of {person}"), "select": { "static": "premium" } });
            let draft = json!({ "otherwise": { "static": "acme" }, "rules": [rule] }).to_string();
            let fields =
                [("name", "Payments"), ("what", "edit"), ("base", "1"), ("draft", &draft), ("comment", "why I did it")];
            (person, console.post("/publish", &fields).await)
        });
    }
    let answers = people.join_all().await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|(_, answer)| answer.status == StatusCode::SEE_OTHER);
    let [(winner, _)] = won.as_slice() else { panic!("{} have won", won.len()) };
    assert_eq!(console.version("Payments"), 2);
    assert_eq!(console.state("Payments").rules.len(), 1);
    assert_eq!(console.state("Payments").rules[0].name, format!("rule of {winner}"));
    for (person, answer) in lost {
        assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.body);
        for told in [
            format!("rule of {winner}"),
            format!("rule of {person}"),
            "why I did it".to_owned(),
            "nothing was written".to_owned(),
        ] {
            assert!(answer.body.contains(&told), "{person} is not told {told}: {}", answer.body);
        }
    }
}
