//! Listeners: code of the program that observes changes of flags, and may refuse those of this program.

use std::any::Any;
use std::error::Error as StdError;
use std::fmt;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use super::event::{Event, Fields, FlagChange};
use super::handle::Flags;
use crate::app::{ObservedWrite, WriteHook};
use crate::error::{Error, ErrorKind, Result};
use crate::tasks::catch_panic;

/// The error of a listener.
pub type ListenerError = Box<dyn StdError + Send + Sync>;

/// The identity of a listener, with which it is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ListenerId(u64);

/// A listener with state: the trait form of [`Flags::on`] and [`Flags::before`] for all events.
pub trait Subscriber: Send + Sync + 'static {
    /// Called before a write of this program.
    ///
    /// # Errors
    /// Refuses the write.
    fn before(&self, change: &FlagChange) -> Result<(), ListenerError> {
        let _ = change;
        Ok(())
    }

    /// Called after each change.
    ///
    /// # Errors
    /// The error is logged. The change is in effect already.
    fn after(&self, change: &FlagChange) -> Result<(), ListenerError>;
}

type Observe = dyn Fn(&FlagChange) -> Result<(), ListenerError> + Send + Sync;
type Observed = Pin<Box<dyn Future<Output = Result<(), ListenerError>> + Send>>;
type ObserveAsync = dyn Fn(FlagChange) -> Observed + Send + Sync;

#[derive(Clone)]
enum Action {
    Before(Arc<Observe>),
    After(Arc<Observe>),
    AfterAsync(Arc<ObserveAsync>),
    Both(Arc<dyn Subscriber>),
}

/// The listeners of an app.
#[derive(Default)]
pub(super) struct Listeners {
    listeners: RwLock<Vec<(ListenerId, Event, Action)>>,
    next: AtomicU64,
}

impl Flags {
    /// Calls a function after each change of the given kind, once this program decides by it. Its error is logged.
    ///
    /// Listeners observe changes of all flags by this program, whichever API makes them, and, for [`Event::Remote`] and
    /// [`Event::Any`], changes of other programs.
    pub fn on(
        &self,
        event: Event,
        listener: impl Fn(&FlagChange) -> Result<(), ListenerError> + Send + Sync + 'static,
    ) -> ListenerId {
        self.listeners().add(event, Action::After(Arc::new(listener)))
    }

    /// Like [`on`](Self::on), for an asynchronous function. The write returns once it has finished.
    ///
    /// ```
    /// # async fn example(app: &feats::App) {
    /// use feats::flags::Event;
    /// let id = app.flags().on_async(Event::Destroy, |change| async move {
    ///     println!("{} was destroyed by {}", change.flag(), change.author());
    ///     Ok(())
    /// });
    /// app.flags().remove_listener(id);
    /// # }
    /// ```
    pub fn on_async<F>(&self, event: Event, listener: impl Fn(FlagChange) -> F + Send + Sync + 'static) -> ListenerId
    where
        F: Future<Output = Result<(), ListenerError>> + Send + 'static,
    {
        self.listeners().add(event, Action::AfterAsync(Arc::new(move |change| Box::pin(listener(change)))))
    }

    /// Calls a function before each write of the given kind. If it returns an error, nothing is written, and the write fails with
    /// [`Refused`](ErrorKind::Refused).
    ///
    /// It is called for writes of this program only, so it is a convenience, not access control: another program, or the command
    /// line, can make the same change.
    pub fn before(
        &self,
        event: Event,
        listener: impl Fn(&FlagChange) -> Result<(), ListenerError> + Send + Sync + 'static,
    ) -> ListenerId {
        self.listeners().add(event, Action::Before(Arc::new(listener)))
    }

    /// Adds a subscriber, which observes every event.
    pub fn subscribe(&self, subscriber: impl Subscriber) -> ListenerId {
        self.listeners().add(Event::Any, Action::Both(Arc::new(subscriber)))
    }

    /// Removes a listener. Returns `false` if it was removed before.
    pub fn remove_listener(&self, id: ListenerId) -> bool {
        self.listeners().remove(id)
    }

    fn listeners(&self) -> Arc<Listeners> {
        Listeners::of(self.app().write_hook().get_or_set(|| Arc::new(Listeners::default()))).unwrap_or_default()
    }
}

impl Listeners {
    /// Returns the listeners behind the hook of an app.
    pub(super) fn of(hook: &Arc<dyn WriteHook>) -> Option<Arc<Self>> {
        let any: Arc<dyn Any + Send + Sync> = hook.clone();
        any.downcast().ok()
    }

    fn add(&self, event: Event, action: Action) -> ListenerId {
        let id = ListenerId(self.next.fetch_add(1, Ordering::Relaxed));
        self.listeners.write().unwrap_or_else(PoisonError::into_inner).push((id, event, action));
        id
    }

    fn remove(&self, id: ListenerId) -> bool {
        let mut listeners = self.listeners.write().unwrap_or_else(PoisonError::into_inner);
        let count = listeners.len();
        listeners.retain(|(known, ..)| *known != id);
        listeners.len() < count
    }

    /// Returns the actions for a change. No lock is held while they run.
    fn actions(&self, event: Event) -> Vec<Action> {
        let listeners = self.listeners.read().unwrap_or_else(PoisonError::into_inner);
        let observing = listeners.iter().filter(|(_, known, _)| known.includes(event));
        observing.map(|(.., action)| action.clone()).collect()
    }

    /// Calls the listeners after a change.
    pub(super) async fn notify(&self, change: FlagChange) {
        for action in self.actions(change.event()) {
            let result = match &action {
                Action::Before(_) => continue,
                Action::After(observe) => observe_one(&change, |change| observe(change)),
                Action::Both(subscriber) => observe_one(&change, |change| subscriber.after(change)),
                Action::AfterAsync(observe) => match catch_panic("a listener", || Ok(observe(change.clone()))) {
                    Ok(observed) => catch_async(observed).await,
                    Err(error) => Err(error),
                },
            };
            if let Err(error) = result {
                tracing::warn!(flag = change.flag(), event = %change.event(), error = %error.report(), "a listener failed");
            }
        }
    }
}

async fn catch_async(observed: Observed) -> Result<()> {
    crate::tasks::catch_panic_async("a listener", async { observed.await.map_err(failed) }).await
}

fn observe_one(change: &FlagChange, observe: impl FnOnce(&FlagChange) -> Result<(), ListenerError>) -> Result<()> {
    catch_panic("a listener", || observe(change).map_err(failed))
}

fn failed(error: ListenerError) -> Error {
    Error::new(ErrorKind::Refused, error.to_string()).with_source(error)
}

impl WriteHook for Listeners {
    fn before(&self, write: &ObservedWrite<'_>) -> Result<()> {
        let Some(change) = change(write) else { return Ok(()) };
        for action in self.actions(change.event()) {
            match &action {
                Action::Before(observe) => observe_one(&change, |change| observe(change))?,
                Action::Both(subscriber) => observe_one(&change, |change| subscriber.before(change))?,
                Action::After(_) | Action::AfterAsync(_) => {}
            }
        }
        Ok(())
    }

    fn after(self: Arc<Self>, write: &ObservedWrite<'_>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let change = change(write);
        Box::pin(async move {
            if let Some(change) = change {
                self.notify(change).await;
            }
        })
    }
}

/// Returns the change that a write makes; `None` if it is not that of a flag.
fn change(write: &ObservedWrite<'_>) -> Option<FlagChange> {
    write.is_flag.then(|| {
        FlagChange::new(Fields {
            event: Event::from_tag(write.tag),
            flag: write.feature.to_owned(),
            author: write.author.to_owned(),
            comment: write.comment.to_owned(),
            version: write.version,
            before: write.before.clone(),
            after: write.after.cloned(),
        })
    })
}

impl fmt::Debug for Listeners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listeners").finish_non_exhaustive()
    }
}
