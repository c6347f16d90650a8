//! Connections: a small pool for each handle, opened at the first use, dropped when they may be broken.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::{Handle, Id};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout};

use super::address::Address;
use super::connect::{STATEMENT_TIMEOUT, configure, connect};
use super::error::{explain, is_transient, is_unprepared};
#[cfg(feature = "postgres")]
use super::listen::Listener;
use super::product::Product;
use super::schema;
use crate::error::{Error, ErrorKind, Result};
use crate::store::sql::error::Failure;
use crate::store::sql::position::CommitPosition;
use crate::store::sql::session::Session;
use crate::store::sql::tables::Tables;
use crate::tasks::Backoff;

/// The maximum number of connections of a handle for statements.
const MAX_CONNECTIONS: usize = 4;
/// The idle time after which a connection is checked before it is used.
const IDLE_LIMIT: Duration = Duration::from_secs(1);
/// The time limit of that check.
const PING_TIMEOUT: Duration = Duration::from_secs(1);
/// The time limit of a wait for one of the connections.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// The maximum number of attempts of a transaction that the server rolls back because of another one.
const MAX_ATTEMPTS: u32 = 10;

/// The options of a handle.
#[derive(Clone)]
pub(super) struct Options {
    pub(super) address: Address,
    /// The reason why an option that a method has set is not valid.
    pub(super) invalid: Option<&'static str>,
    /// The interval between polls for changes.
    pub(super) poll: Duration,
}

/// A database, and the connections to it.
pub(super) struct Server {
    pub(super) options: Options,
    tables: Arc<Tables>,
    permits: Semaphore,
    idle: Mutex<Vec<Idle>>,
    /// Held while a connection prepares the tables.
    preparing: tokio::sync::Mutex<()>,
    is_prepared: AtomicBool,
    /// The position of the newest revision that this handle appended, until a watcher finds it lost.
    appended: Mutex<Option<CommitPosition>>,
    /// The connection of a watcher, which waits for notifications.
    #[cfg(feature = "postgres")]
    pub(super) listener: tokio::sync::Mutex<Option<Listener>>,
}

/// A connection that no call uses.
struct Idle {
    session: Session,
    /// The runtime on which the connection was opened, and with which it ends.
    runtime: Id,
    since: Instant,
}

/// A connection in use. Only [`finish`](Lease::finish) returns it to the pool. If the use fails or is cancelled, the connection is
/// closed, and the server rolls back the open transaction.
pub(super) struct Lease<'a> {
    server: &'a Server,
    session: Session,
    _permit: SemaphorePermit<'a>,
}

/// The attempts of one call.
#[derive(Default)]
pub(super) struct Attempts {
    failures: u32,
    was_unprepared: bool,
    backoff: Option<Backoff>,
}

impl Server {
    pub(super) fn new(options: Options) -> Self {
        let tables = Arc::new(options.address.tables());
        Self {
            options,
            tables,
            permits: Semaphore::new(MAX_CONNECTIONS),
            idle: Mutex::default(),
            preparing: tokio::sync::Mutex::default(),
            is_prepared: AtomicBool::new(false),
            appended: Mutex::default(),
            #[cfg(feature = "postgres")]
            listener: tokio::sync::Mutex::default(),
        }
    }

    pub(super) fn product(&self) -> Product {
        self.options.address.product
    }

    pub(super) fn appended(&self) -> Option<CommitPosition> {
        self.appended.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set_appended(&self, position: Option<CommitPosition>) {
        *self.appended.lock().unwrap_or_else(PoisonError::into_inner) = position;
    }

    /// Takes a connection out of the pool, or opens one.
    pub(super) async fn lease(&self) -> Result<Lease<'_>> {
        self.open_lease().await.map_err(|failure| self.explain(failure))
    }

    async fn open_lease(&self) -> Result<Lease<'_>, Failure> {
        self.check_options()?;
        let permit = timeout(ACQUIRE_TIMEOUT, self.permits.acquire()).await;
        let permit = permit.map_err(|_| Failure::Timeout(ACQUIRE_TIMEOUT))?;
        let closed = |_| Failure::from(Error::new(ErrorKind::Unavailable, "the connections are closed"));
        let permit = permit.map_err(closed)?;
        let mut session = match self.take_idle().await {
            Some(session) => session,
            None => self.open().await?,
        };
        if !self.is_prepared.load(Ordering::Acquire) {
            let _preparing = self.preparing.lock().await;
            if !self.is_prepared.load(Ordering::Acquire) {
                schema::prepare(&mut session, self.product()).await?;
                self.is_prepared.store(true, Ordering::Release);
            }
        }
        Ok(Lease { server: self, session, _permit: permit })
    }

    async fn open(&self) -> Result<Session, Failure> {
        let connection = connect(&self.options.address).await?;
        let mut session = Session::new(connection, Arc::clone(&self.tables), Some(STATEMENT_TIMEOUT));
        configure(&mut session, self.product()).await?;
        Ok(session)
    }

    fn check_options(&self) -> Result<(), Failure> {
        match self.options.invalid {
            None => Ok(()),
            Some(why) => Err(Error::new(ErrorKind::Invalid, why).into()),
        }
    }

    async fn take_idle(&self) -> Option<Session> {
        let runtime = Handle::current().id();
        loop {
            let mut idle = {
                let mut all = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
                let index = all.iter().rposition(|idle| idle.runtime == runtime)?;
                all.swap_remove(index)
            };
            if idle.since.elapsed() < IDLE_LIMIT {
                return Some(idle.session);
            }
            if let Ok(Ok(_)) = timeout(PING_TIMEOUT, idle.session.fetch("SELECT 1", &[])).await {
                return Some(idle.session);
            }
        }
    }

    fn put_idle(&self, session: Session) {
        let idle = Idle { session, runtime: Handle::current().id(), since: Instant::now() };
        let mut all = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        // Connections of a runtime that has ended remain until others take their places.
        if all.len() >= MAX_CONNECTIONS {
            all.remove(0);
        }
        all.push(idle);
    }

    pub(super) fn explain(&self, failure: Failure) -> Error {
        explain(failure, self.product()).with_store(self.options.address.to_string())
    }
}

impl Lease<'_> {
    pub(super) fn session(&mut self) -> &mut Session {
        &mut self.session
    }

    /// Ends a use of the connection. Returns the result, or `None` if the call should try again.
    pub(super) async fn finish<T>(self, outcome: Result<T, Failure>, attempts: &mut Attempts) -> Option<Result<T>> {
        let Self { server, session, _permit } = self;
        let failure = match outcome {
            Ok(done) => {
                server.put_idle(session);
                return Some(Ok(done));
            }
            Err(failure) => failure,
        };
        drop((session, _permit));
        if is_unprepared(&failure) {
            server.is_prepared.store(false, Ordering::Release);
            if !std::mem::replace(&mut attempts.was_unprepared, true) {
                return None;
            }
        }
        attempts.failures += 1;
        if is_transient(&failure) && attempts.failures < MAX_ATTEMPTS {
            attempts.backoff.get_or_insert_with(Backoff::brief).wait().await;
            return None;
        }
        Some(Err(server.explain(failure)))
    }
}
