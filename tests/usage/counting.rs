//! Counted uses, and the app that counts them.

use std::sync::mpsc;
use std::thread;

use feats::edit::experiment;
use feats::store::Memory;
use feats::{App, testing};

use crate::fixture::{Farewell, Greeting, Polite, User, UserId, counted, describe, greet};

async fn app() -> App {
    describe(Memory::new()).start().await.expect("an app starts")
}

#[tokio::test]
async fn every_use_counts_once_and_choices_without_use_do_not_count() {
    let app = app().await;
    app.feature::<Farewell>().pin(Farewell::Two).publish().await.expect("published");
    let user = User { id: 1 };
    app.enter(|| {
        greet(3);
        assert_eq!(Farewell::create(&user), 2);
        assert!(!Polite::is_enabled());
        Greeting::used_implementation(Greeting::Two, &user);
        Farewell::used_implementation(Farewell::One, &user);
        assert_eq!(Greeting::find_implementation(&user), Greeting::One);
        assert_eq!(Greeting::explain(&user).value(), Greeting::One);
    });
    assert_eq!(counted::<Greeting>(&app).await, [3, 1]);
    assert_eq!(counted::<Farewell>(&app).await, [1, 1]);
    assert_eq!(counted::<Polite>(&app).await, [0, 1, 0]);
}

#[tokio::test]
async fn awaited_uses_count_once() {
    let app = app().await;
    let halves = experiment(UserId, [(Farewell::One, 50.0), (Farewell::Two, 50.0)]);
    app.feature::<Farewell>().edit().otherwise(halves).publish().await.expect("published");
    let given = app.enter_async(async {
        let mut given = [0, 0];
        for id in 0..40 {
            let user = User { id };
            assert_eq!(Greeting::create_async(&user).await, id);
            given[usize::try_from(Farewell::create_async(&user).await - id).expect("small")] += 1;
            Farewell::find_implementation_async(&user).await;
        }
        assert!(!Polite::is_enabled_async().await);
        given
    });
    let given = given.await;
    assert_eq!(counted::<Greeting>(&app).await, [40, 0]);
    assert_eq!(counted::<Farewell>(&app).await, given);
    assert_eq!(counted::<Polite>(&app).await, [0, 1, 0]);
    assert!(given[0] > 0 && given[1] > 0, "{given:?}");
}

#[tokio::test]
async fn the_sticky_implementation_is_counted() {
    let app = app().await;
    let arms = |one, two| experiment(UserId, [(Farewell::One, one), (Farewell::Two, two)]);
    app.feature::<Farewell>().edit().otherwise(arms(100.0, 0.0)).publish().await.expect("published");
    let say = || async {
        for id in 0..20 {
            assert_eq!(Farewell::create_async(&User { id }).await, id);
        }
    };
    app.enter_async(say()).await;
    app.flush().await.expect("stored");
    app.feature::<Farewell>().edit().otherwise(arms(0.0, 100.0)).publish().await.expect("published");
    app.enter_async(say()).await;
    assert_eq!(counted::<Farewell>(&app).await, [40, 0]);
}

#[tokio::test]
async fn choices_of_tests_are_not_counted() {
    let app = app().await;
    app.enter(|| {
        testing::with(Greeting::Two, || {
            Greeting::create(&User { id: 1 });
            Greeting::used_implementation(Greeting::One, &User { id: 1 });
            assert!(!Polite::is_enabled());
        });
    });
    let awaited = testing::with_async(Greeting::Two, async { Greeting::create_async(&User { id: 1 }).await });
    assert_eq!(app.enter_async(awaited).await, 2);
    assert_eq!(counted::<Greeting>(&app).await, [0, 0]);
    assert_eq!(counted::<Polite>(&app).await, [0, 1, 0]);
}

#[tokio::test]
async fn uses_of_ended_and_running_threads_are_counted() {
    let app = app().await;
    for _ in 0..4 {
        let app = app.clone();
        thread::spawn(move || app.enter(|| greet(10_000))).join().expect("no panic");
    }
    // A running thread answers each message after it has greeted that many users.
    let (messages, received) = mpsc::channel::<u64>();
    let (answers, answered) = mpsc::channel();
    let running = thread::spawn({
        let app = app.clone();
        move || {
            for users in received {
                app.enter(|| greet(users));
                answers.send(()).expect("the receiver exists");
            }
        }
    });
    for (users, so_far) in [(5_000, 45_000), (1, 45_001), (3_000, 48_001)] {
        messages.send(users).expect("the thread runs");
        answered.recv().expect("an answer");
        assert_eq!(counted::<Greeting>(&app).await, [so_far, 0]);
    }
    drop(messages);
    running.join().expect("no panic");
    assert_eq!(counted::<Greeting>(&app).await, [48_001, 0]);
}

#[tokio::test]
async fn two_apps_count_separately() {
    let (here, there) = (app().await, app().await);
    there.feature::<Greeting>().pin(Greeting::Two).publish().await.expect("published");
    here.enter(|| {
        greet(2);
        there.enter(|| assert_eq!(Greeting::create(&User { id: 1 }), 2));
        greet(3);
    });
    there.scope().enter_async(async { assert_eq!(Greeting::create(&User { id: 1 }), 2) }).await;
    assert_eq!(counted::<Greeting>(&here).await, [5, 0]);
    assert_eq!(counted::<Greeting>(&there).await, [0, 2]);
}
