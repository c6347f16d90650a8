//! Macros: calls with retries, and the public handles of a server.

/// Runs an operation on a connection of a server, and again if the server rolled it back because of another transaction, or if
/// the tables were removed in between.
macro_rules! with_session {
    ($server:expr, |$session:ident| $operation:expr) => {{
        let mut attempts = $crate::store::sql::server::connection::Attempts::default();
        loop {
            let mut lease = match $server.lease().await {
                Ok(lease) => lease,
                Err(error) => break Err(error),
            };
            let $session = lease.session();
            let outcome = $operation.await;
            if let Some(done) = lease.finish(outcome, &mut attempts).await {
                break done;
            }
        }
    }};
}
pub(super) use with_session;

/// Implements `Store` for a public handle with its server.
macro_rules! impl_store {
    ($name:ident) => {
        #[::async_trait::async_trait]
        impl $crate::store::Store for $name {
            fn name(&self) -> String {
                self.0.name()
            }

            async fn load(&self) -> $crate::error::Result<$crate::store::LoadedStates> {
                self.0.load().await
            }

            async fn append(
                &self,
                expected: $crate::store::RevisionStamp,
                entry: &$crate::model::Entry,
            ) -> $crate::error::Result<$crate::store::AppendOutcome> {
                self.0.append(expected, entry).await
            }

            async fn history(
                &self,
                feature: &str,
                page: $crate::store::Page,
            ) -> $crate::error::Result<Vec<$crate::model::Entry>> {
                self.0.history(feature, page).await
            }

            async fn watch(
                &self,
                after: &$crate::store::Cursor,
                wait: ::std::time::Duration,
            ) -> $crate::error::Result<$crate::store::WatchEvent> {
                self.0.watch(after, wait).await
            }

            async fn versions(&self) -> $crate::error::Result<Vec<(String, u64)>> {
                self.0.versions().await
            }

            async fn epoch(&self) -> $crate::error::Result<String> {
                $crate::store::Store::epoch(&*self.0).await
            }

            async fn check(&self) -> $crate::error::Result<Vec<String>> {
                self.0.check().await
            }

            async fn server(&self) -> $crate::error::Result<$crate::store::ServerReport> {
                self.0.server().await
            }

            fn records(&self) -> Option<&dyn $crate::store::Records> {
                Some(&*self.0)
            }

            fn counters(&self) -> Option<&dyn $crate::store::Counters> {
                Some(&*self.0)
            }

            fn assignments(&self) -> Option<&dyn $crate::store::Assignments> {
                Some(&*self.0)
            }
        }
    };
}
pub(super) use impl_store;
