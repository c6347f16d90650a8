//! Typed edits of declared features.

use feats::edit::{attribute, rollout};
use feats::store::Memory;
use feats::{App, ErrorKind, attributes};

use crate::shop::{Address, Banner, Button, Country, Shipping, UserId, app, user};

#[tokio::test]
async fn a_condition_names_its_input_if_two_apply() {
    let app = app().await;
    let shipping = app.feature::<Shipping>();
    let error = app
        .feature_named("Shipping")
        .expect("declared")
        .edit()
        .rule("abroad", Country::is("CA"), "courier")
        .publish()
        .await
        .expect_err("ambiguous");
    assert_eq!(error.problems()[0].path(), "rules[0].when.input");
    assert!(error.to_string().contains("\"user\", \"destination\""), "{error}");

    shipping
        .edit()
        .rule("abroad", Country::is("CA").of("destination"), Shipping::Courier)
        .publish()
        .await
        .expect("published");
    let (home, away) = (Address { country: "DE".into() }, Address { country: "CA".into() });
    app.enter(|| {
        assert_eq!(Shipping::create(&user(1, "CA"), &home), 1);
        assert_eq!(Shipping::create(&user(1, "DE"), &away), 2);
    });
    let chosen = shipping.find_implementation(&attributes! { "destination.Country" => "CA", "user.Country" => "DE" });
    assert_eq!(chosen, Shipping::Courier);
    shipping
        .edit()
        .otherwise(rollout(UserId, [(Shipping::Courier, 100.0)]))
        .publish()
        .await
        .expect("one input has the segment");
}

#[tokio::test]
async fn an_attribute_of_the_program_applies_to_the_whole_program() {
    let store = Memory::new();
    let start = |environment: &'static str| {
        let builder =
            App::builder().store(store.clone()).program(environment, "1").attribute("Environment", environment);
        builder.detached().start()
    };
    let (dev, live) = (start("dev").await.expect("started"), start("live").await.expect("started"));
    let change = dev.feature::<Button>().edit().rule("dev", attribute("Environment", "dev"), Button::Fancy);
    change.publish().await.expect("published");
    live.refresh().await.expect("refreshed");
    assert_eq!(dev.enter(|| Button::create(&user(1, "CA"))), "fancy");
    assert_eq!(live.enter(|| Button::create(&user(1, "CA"))), "plain");
    let typo =
        dev.feature::<Button>().edit().rule("dev", attribute("Environmen", "dev"), Button::Fancy).publish().await;
    assert!(typo.expect_err("no such attribute").to_string().contains("did you mean \"Environment\"?"));
}

#[tokio::test]
async fn a_reshuffle_needs_confirmation_and_an_edit_of_another_rule_moves_no_unit() {
    let app = app().await;
    let banner = app.feature::<Banner>();
    let half = || rollout(UserId, [(Banner::Sale, 50.0), (Banner::None, 50.0)]);
    banner.edit().otherwise(half().seed("first")).publish().await.expect("published");
    let error = banner.edit().otherwise(half().seed("second")).publish().await.expect_err("everyone would move");
    assert_eq!(error.kind(), ErrorKind::NeedsConfirmation);
    assert_eq!(banner.version(), 1);
    banner.edit().otherwise(half().seed("second")).allow_reshuffle().publish().await.expect("published");
    let impact = banner.edit().rule("Canada", Country::is("CA"), Banner::Sale).preview().await.expect("previewed");
    assert_eq!(impact.moved(feats::RulePlace::Otherwise, Banner::Sale, Banner::None), 0.0);
}

#[tokio::test]
async fn a_conflict_has_both_states() {
    let app = app().await;
    let button = app.feature::<Button>();
    let (mine, theirs) = (button.edit().otherwise(Button::Fancy), button.pin(Button::Fancy));
    theirs.author("grace").comment("queue is flooded").publish().await.expect("published");
    let error = mine.author("ada").publish().await.expect_err("built on version 0");
    let conflict = error.conflict().expect("both states");
    assert_eq!((conflict.version, conflict.author.as_str()), (1, "grace"));
    assert!(conflict.theirs.contains("pinned\":\"fancy") && conflict.yours.contains("otherwise"), "{conflict:?}");
    assert_eq!(button.history().await.expect("read").len(), 1);
}

#[tokio::test]
async fn eight_writers_lose_no_change() {
    let app = app().await;
    let writers: Vec<_> = (0..8)
        .map(|writer: u64| {
            let button = app.feature::<Button>();
            tokio::spawn(async move {
                for turn in 0..10 {
                    let name = format!("{writer}.{turn}");
                    while button.edit().rule(name.as_str(), UserId::is(writer), Button::Fancy).publish().await.is_err()
                    {
                        tokio::task::yield_now().await;
                    }
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.expect("no panic");
    }
    let button = app.feature::<Button>();
    assert_eq!((button.version(), button.state().rules.len()), (80, 80));
}
