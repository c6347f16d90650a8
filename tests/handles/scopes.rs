//! Scopes keep a snapshot, nest, cross threads and survive panics.

use std::panic::{AssertUnwindSafe, catch_unwind};

use feats::store::Memory;
use feats::{App, Reason};

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
async fn scopes_nest_and_tests_can_choose_within_them() {
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
async fn a_scope_follows_its_future_across_threads_and_into_tasks() {
    let app = app().await;
    app.feature::<Button>().pin(Button::Fancy).publish().await.expect("published");
    let mut tasks = Vec::new();
    for id in 0..100 {
        let scoped = app.scope().enter_async(async move {
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
async fn evaluate_all_returns_choice_and_reason_of_every_feature() {
    let app = app().await;
    let choice = app.feature::<Button>();
    choice.edit().rule("Canada", crate::shop::Country::is("CA"), Button::Fancy).publish().await.expect("published");
    let ada = user(1, "CA");
    for attributes in [feats::attributes! { "Country" => "CA" }, app.attributes(&ada)] {
        let evaluations = app.evaluate_all(&attributes);
        let of =
            |feature| evaluations.get(feature).map(|decision| (decision.name(), decision.reason(), decision.version()));
        assert_eq!(of("Button"), Some(("fancy", Reason::Rule, Some(1))));
        assert_eq!(of("Banner"), Some(("none", Reason::NoState, None)));
        assert_eq!(of("Missing"), None);
        assert!(evaluations.iter().is_sorted_by_key(|(feature, _)| feature.to_owned()));
        let json = serde_json::to_value(&evaluations).expect("serialized");
        let expected =
            serde_json::json!({"value": "fancy", "reason": "rule", "rule": "Canada", "version": 1, "slot": null});
        assert_eq!((&json["Button"], json.as_object().map(serde_json::Map::len)), (&expected, Some(evaluations.len())));
        let preselected = evaluations.implementation::<Button>();
        assert_eq!(preselected, Some(Button::Fancy));
        app.enter(|| Button::used_implementation(preselected.unwrap_or(Button::Plain), &ada));
    }
}

#[feats::boolean]
fn FreeShipping() -> bool {
    false
}

async fn shipping() -> &'static str {
    if FreeShipping::is_enabled_async().await { "free" } else { "not free" }
}

/// Returns the body of a response over a real socket.
async fn fetched(address: std::net::SocketAddr) -> String {
    use std::io::{Read as _, Write as _};

    let fetch = move || {
        let mut socket = std::net::TcpStream::connect(address).expect("a server");
        socket.write_all(b"GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n").expect("sent");
        let mut answer = String::new();
        socket.read_to_string(&mut answer).expect("an answer");
        answer.split_once("\r\n\r\n").expect("a body").1.to_owned()
    };
    tokio::task::spawn_blocking(fetch).await.expect("fetched")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_test_over_a_socket_gives_the_server_its_own_app() {
    use feats::web::ScopeLayer;

    let mut servers = Vec::new();
    for choice in [FreeShipping::Enabled, FreeShipping::Disabled] {
        let app = App::builder().store(Memory::new()).detached().start().await.expect("started");
        app.feature::<FreeShipping>().pin(choice).author("test").publish().await.expect("published");
        let site = axum::Router::new().route("/", axum::routing::get(shipping)).layer(ScopeLayer::new(&app));
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        servers.push((address, app, tokio::spawn(async move { axum::serve(listener, site).await })));
    }
    // A choice of the test does not apply to the server, which runs on another task.
    let over_sockets = feats::testing::with_async(FreeShipping::Disabled, async {
        (fetched(servers[0].0).await, fetched(servers[1].0).await)
    });
    assert_eq!(over_sockets.await, ("free".to_owned(), "not free".to_owned()));
    servers.into_iter().for_each(|(.., server)| server.abort());
}

#[tokio::test]
async fn a_spawned_task_needs_the_scope_of_the_test() {
    let (within, outside) = feats::testing::with_async(FreeShipping::Enabled, async {
        let within = tokio::spawn(feats::in_current_scope(async { FreeShipping::is_enabled_async().await }));
        let outside = tokio::spawn(async { FreeShipping::is_enabled_async().await });
        (within.await.expect("run"), outside.await.expect("run"))
    })
    .await;
    assert_eq!((within, outside), (true, false));
}
