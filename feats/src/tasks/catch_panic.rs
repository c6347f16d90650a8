//! Panics of user code, caught and returned as errors.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use crate::error::{Error, ErrorKind, Result};
use crate::text::quoted;

/// Runs a future and catches a panic in it. `what` names the code in the error, for example "the store, in `watch`,".
///
/// # Errors
/// The error of the future, or [`ErrorKind::Unavailable`] if it panics, since a retry may help.
pub(crate) async fn catch_panic_async<T>(what: &str, future: impl Future<Output = Result<T>>) -> Result<T> {
    let mut future = pin!(future);
    poll_fn(|context| match catch_panic(what, || Ok(future.as_mut().poll(context))) {
        Ok(poll) => poll,
        Err(panicked) => Poll::Ready(Err(panicked)),
    })
    .await
}

/// Calls a function and catches a panic in it. `what` names the code in the error.
///
/// # Errors
/// The error of the function, or [`ErrorKind::Unavailable`] if it panics.
pub(crate) fn catch_panic<T>(what: &str, call: impl FnOnce() -> Result<T>) -> Result<T> {
    // A panic can leave only data of the user code in an inconsistent state; locks of feats recover from poisoning.
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|payload| {
        let message = message(&*payload);
        // The payload may panic when it is dropped.
        if let Err(second_payload) = catch_unwind(AssertUnwindSafe(move || drop(payload))) {
            std::mem::forget(second_payload);
        }
        Err(Error::new(ErrorKind::Unavailable, format!("{what} panicked: {message}")))
    })
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.map_or_else(|| "without a message".to_owned(), quoted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_before_or_after_an_await_is_an_error_with_its_message() {
        let early = catch_panic_async("the store", async { panic!("early") });
        let late = catch_panic_async("the store", async {
            tokio::task::yield_now().await;
            std::panic::panic_any(format!("{}\n", "late"))
        });
        let without_text = catch_panic_async("the store", async { std::panic::panic_any(7) });
        let errors =
            [early.await, late.await, without_text.await].map(|result: Result<()>| result.expect_err("a panic"));
        assert!(errors.iter().all(|error| error.is_unavailable()));
        let messages = errors.map(|error| error.to_string());
        let expected = ["\"early\"", "\"late\\n\"", "without a message"].map(|it| format!("the store panicked: {it}"));
        assert_eq!(messages, expected);
        assert_eq!(catch_panic_async("the store", async { Ok(7) }).await.expect("no panic"), 7);
    }

    #[test]
    fn a_payload_that_panics_when_it_is_dropped_is_caught_too() {
        struct Bomb;
        impl Drop for Bomb {
            fn drop(&mut self) {
                panic!("dropped");
            }
        }
        let result: Result<()> = catch_panic("the sink", || std::panic::panic_any(Bomb));
        assert!(result.is_err());
    }
}
