//! Records, counters and assignments on a server.

use std::time::Duration;

use async_trait::async_trait;

use super::connection::Server;
use super::macros::with_session;
use crate::error::Result;
use crate::store::scan::decode_position;
use crate::store::sql::{assignments, counters, records};
use crate::store::{Assignment, AssignmentOutcome, Assignments, CounterGroup, Counters, Record, Records, Scan, Store};

#[async_trait]
impl Records for Server {
    fn name(&self) -> String {
        Store::name(self)
    }

    async fn epoch(&self) -> Result<String> {
        Store::epoch(self).await
    }

    async fn put(&self, kind: &str, key: &str, bytes: &[u8], ttl: Option<Duration>) -> Result<()> {
        with_session!(self, |session| records::put(session, kind, key, bytes, ttl))
    }

    async fn list(&self, kind: &str) -> Result<Vec<Record>> {
        with_session!(self, |session| records::list(session, kind))
    }
}

#[async_trait]
impl Counters for Server {
    fn name(&self) -> String {
        Store::name(self)
    }

    async fn epoch(&self) -> Result<String> {
        Store::epoch(self).await
    }

    async fn add(&self, kind: &str, key: &str, deltas: &[(String, i64)], ttl: Option<Duration>) -> Result<()> {
        with_session!(self, |session| counters::add(session, kind, key, deltas, ttl))
    }

    async fn read(&self, kind: &str, key: &str) -> Result<Vec<(String, i64)>> {
        let keys = [key.to_owned()];
        let read = with_session!(self, |session| counters::read_many(session, kind, &keys, None));
        Ok(read?.pop().unwrap_or_default())
    }

    async fn read_many(
        &self,
        kind: &str,
        keys: &[String],
        names: Option<&[String]>,
    ) -> Result<Vec<Vec<(String, i64)>>> {
        with_session!(self, |session| counters::read_many(session, kind, keys, names))
    }

    async fn scan(&self, after: Option<&str>, limit: usize) -> Result<Scan<CounterGroup>> {
        let after = decode_position(after).map_err(|error| error.with_store(Store::name(self)))?;
        with_session!(self, |session| counters::scan(session, after.as_ref(), limit))
    }
}

#[async_trait]
impl Assignments for Server {
    fn name(&self) -> String {
        Store::name(self)
    }

    async fn epoch(&self) -> Result<String> {
        Store::epoch(self).await
    }

    async fn assign(&self, experiment: &str, unit: &str, choice: &str) -> Result<String> {
        let units = [(unit.to_owned(), choice.to_owned())];
        let outcomes = with_session!(self, |session| assignments::assign(session, experiment, &units));
        Ok(outcomes?.pop().map_or_else(|| choice.to_owned(), |outcome| outcome.choice))
    }

    async fn assign_many(&self, experiment: &str, units: &[(String, String)]) -> Result<Vec<AssignmentOutcome>> {
        with_session!(self, |session| assignments::assign(session, experiment, units))
    }

    async fn assigned(&self, experiment: &str, unit: &str) -> Result<Option<String>> {
        with_session!(self, |session| assignments::assigned(session, experiment, unit))
    }

    async fn scan(&self, after: Option<&str>, limit: usize) -> Result<Scan<Assignment>> {
        let after = decode_position(after).map_err(|error| error.with_store(Store::name(self)))?;
        with_session!(self, |session| assignments::scan(session, after.as_ref(), limit))
    }
}
