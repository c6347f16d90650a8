//! Panics of user code as errors.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use crate::error::{Error, ErrorKind, Result};
use crate::text::quoted;

/// Runs a future; a panic in it is an error that says what panicked, for example "the store, in `watch`,".
///
/// # Errors
/// The future fails, or [`ErrorKind::Unavailable`] if it panics: trying again can help.
pub(crate) async fn caught<T>(what: &str, future: impl Future<Output = Result<T>>) -> Result<T> {
    let mut future = pin!(future);
    poll_fn(|context| match caught_call(what, || Ok(future.as_mut().poll(context))) {
        Ok(poll) => poll,
        Err(panicked) => Poll::Ready(Err(panicked)),
    })
    .await
}

/// Calls a function; a panic in it is an error that says what panicked.
///
/// # Errors
/// The function fails, or [`ErrorKind::Unavailable`] if it panics.
pub(crate) fn caught_call<T>(what: &str, call: impl FnOnce() -> Result<T>) -> Result<T> {
    // What a panic may leave half-done belongs to the one who panicked; locks of feats recover from poison.
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|payload| {
        let message = message(&*payload);
        // A payload may panic once more when it is dropped.
        if let Err(again) = catch_unwind(AssertUnwindSafe(move || drop(payload))) {
            std::mem::forget(again);
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
        let early = caught("the store", async { panic!("early") });
        let late = caught("the store", async {
            tokio::task::yield_now().await;
            std::panic::panic_any(format!("{}\n", "late"))
        });
        let odd = caught("the store", async { std::panic::panic_any(7) });
        let said = [early.await, late.await, odd.await].map(|result: Result<()>| result.expect_err("a panic"));
        assert!(said.iter().all(|error| error.is_unavailable()));
        let said = said.map(|error| error.to_string());
        let expected = ["\"early\"", "\"late\\n\"", "without a message"].map(|it| format!("the store panicked: {it}"));
        assert_eq!(said, expected);
        assert_eq!(caught("the store", async { Ok(7) }).await.expect("no panic"), 7);
    }

    #[test]
    fn a_payload_that_panics_when_it_is_dropped_harms_nobody() {
        struct Bomb;
        impl Drop for Bomb {
            fn drop(&mut self) {
                panic!("dropped");
            }
        }
        let result: Result<()> = caught_call("the sink", || std::panic::panic_any(Bomb));
        assert!(result.is_err());
    }
}
