//! Asynchronous handles: asynchronous implementations, and functions that await a decision.

use std::rc::Rc;

use crate::{User, ada};

#[feats::feature]
trait Greeting {
    #[default]
    async fn short(name: &str) -> String {
        tokio::task::yield_now().await;
        format!("Hi {name}")
    }
    async fn long(name: &str) -> String {
        format!("Welcome, {name}")
    }
}

#[feats::feature]
trait Boxed {
    type Output = dyn ToString + Send;

    #[default]
    async fn number(user: User, count: &u64) -> u64 {
        user.id + count
    }
    async fn text(user: User, _count: &u64) -> String {
        user.country
    }
}

#[feats::feature]
trait Plain {
    #[default]
    fn joined(user: User, name: &str, note: &'static str) -> String {
        format!("{}{name}{note}", user.id)
    }
}

#[feats::feature]
trait Bare {
    #[default]
    fn nothing() -> u8 {
        0
    }
}

#[feats::boolean]
async fn Online(user: &User) -> bool {
    tokio::task::yield_now().await;
    user.id == 1
}

#[feats::boolean]
fn Offline(user: User) -> bool {
    user.id == 1
}

/// An input that is not `Send`: the handle works, but its futures are not `Send`.
#[feats::feature]
trait OfOneThread {
    #[default]
    async fn plain(shared: &Rc<u8>) -> u8 {
        **shared
    }
}

fn sent<T>(future: impl Future<Output = T> + Send) -> impl Future<Output = T> + Send {
    future
}

#[tokio::test]
async fn create_awaits_the_implementation() {
    assert_eq!(Greeting::create("Ada").await, "Hi Ada");
    assert_eq!(Boxed::create(ada(), &2).await.to_string(), "3");
    assert_eq!(OfOneThread::create(&Rc::new(3)).await, 3);
}

#[tokio::test]
async fn create_async_awaits_the_decision() {
    assert_eq!(Plain::create_async(ada(), "2", "3").await, "123");
    assert_eq!(Bare::create_async().await, 0);
    assert!(Offline::is_enabled_async(ada()).await);
}

#[tokio::test]
async fn find_implementation_async_borrows_what_create_takes() {
    let user = ada();
    assert_eq!(Boxed::find_implementation_async(&user, &2).await, Boxed::Number);
    assert_eq!(Plain::find_implementation_async(&user, "2", "3").await, Plain::Joined);
    assert_eq!(Bare::find_implementation_async().await, Bare::Nothing);
    assert_eq!(Greeting::find_implementation_async("Ada").await, Greeting::Short);
}

#[tokio::test]
async fn an_asynchronous_boolean_awaits_its_body() {
    assert!(Online::is_enabled(&ada()).await);
    assert_eq!(Online::find_implementation(&ada()), Online::Default);
}

#[tokio::test]
async fn futures_are_send_if_the_inputs_are() {
    let user = ada();
    sent(Greeting::create("Ada")).await;
    sent(Boxed::create(ada(), &2)).await;
    sent(Plain::create_async(ada(), "2", "3")).await;
    sent(Plain::find_implementation_async(&user, "2", "3")).await;
    sent(Online::is_enabled(&user)).await;
    assert_eq!(tokio::spawn(Bare::create_async()).await.unwrap(), 0);
}
