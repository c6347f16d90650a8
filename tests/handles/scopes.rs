//! Scopes pin, nest, cross threads and survive panics.

use std::panic::{AssertUnwindSafe, catch_unwind};

use feats::Reason;

use crate::shop::{Banner, Button, app, user};

#[tokio::test]
async fn a_scope_sees_one_snapshot_of_all_features() {
    let app = app().await;
    let scope = app.scope();
    app.feature::<Button>().pin(Button::Fancy).publish().await.expect("published");
    app.feature::<Banner>().pin(Banner::Sale).publish().await.expect("published");
    scope.enter(|| assert_eq!((Button::create(&user(1, "CA")), Banner::create(&user(1, "CA"))), ("plain", "none")));
    app.enter(|| assert_eq!((Button::create(&user(1, "CA")), Banner::create(&user(1, "CA"))), ("fancy", "sale")));
    assert_eq!(Button::explain(&user(1, "CA")).reason(), Reason::NotStarted);
}

#[tokio::test]
async fn scopes_nest_and_tests_choose_within_them() {
    let (one, two) = (app().await, app().await);
    one.feature::<Button>().pin(Button::Fancy).publish().await.expect("published");
    let ada = user(1, "CA");
    one.enter(|| {
        assert_eq!(Button::create(&ada), "fancy");
        two.enter(|| assert_eq!(Button::create(&ada), "plain"));
        feats::testing::with(Banner::Sale, || {
            assert_eq!((Button::create(&ada), Banner::create(&ada)), ("fancy", "sale"));
            two.scope().enter(|| assert_eq!((Button::create(&ada), Banner::create(&ada)), ("plain", "sale")));
            assert_eq!(Banner::explain(&ada).reason(), Reason::Test);
        });
        assert_eq!((Button::create(&ada), Banner::create(&ada)), ("fancy", "none"));
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_scope_goes_with_its_future_from_thread_to_thread_and_into_tasks() {
    let app = app().await;
    app.feature::<Button>().pin(Button::Fancy).publish().await.expect("published");
    let mut tasks = Vec::new();
    for id in 0..100 {
        let scoped = app.scope().run(async move {
            for _ in 0..10 {
                assert_eq!(Button::create(&user(id, "CA")), "fancy");
                tokio::task::yield_now().await;
            }
            let spawned = tokio::spawn(feats::in_current_scope(async move { Button::create(&user(id, "CA")) }));
            let without = tokio::spawn(async move { Button::create(&user(id, "CA")) });
            (spawned.await.expect("no panic"), without.await.expect("no panic"))
        });
        tasks.push(tokio::spawn(scoped));
    }
    for task in tasks {
        assert_eq!(task.await.expect("no panic"), ("fancy", "plain"));
    }
}

#[tokio::test]
async fn a_panic_leaves_the_scope_around_intact() {
    let app = app().await;
    app.feature::<Button>().pin(Button::Fancy).publish().await.expect("published");
    let ada = user(1, "CA");
    app.enter(|| {
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            feats::testing::with(Button::Plain, || panic!("out of a scope"));
        }));
        assert!(panicked.is_err());
        assert_eq!(Button::create(&ada), "fancy");
    });
    assert_eq!(Button::create(&ada), "plain");
}

#[tokio::test]
async fn preselecting_gives_the_choice_of_every_feature_by_segment_name() {
    let app = app().await;
    let choice = app.feature::<Button>();
    choice.edit().rule("Canada", crate::shop::Country::is("CA"), Button::Fancy).publish().await.expect("published");
    let choices = app.preselect(&feats::attributes! { "Country" => "CA" });
    assert_eq!((choices["Button"].as_str(), choices["Banner"].as_str()), ("fancy", "none"));
    app.enter(|| Button::used_implementation(Button::Fancy, &user(1, "CA")));
}
