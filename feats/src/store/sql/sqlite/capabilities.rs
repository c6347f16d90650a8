//! Records, counters and assignments in a file.

use std::time::Duration;

use async_trait::async_trait;

use super::Sqlite;
use crate::error::Result;
use crate::store::scan::decode_position;
use crate::store::sql::{assignments, counters, records};
use crate::store::{Assignment, AssignmentOutcome, Assignments, CounterGroup, Counters, Record, Records, Scan, Store};

#[async_trait]
impl Records for Sqlite {
    fn name(&self) -> String {
        Store::name(self)
    }

    async fn epoch(&self) -> Result<String> {
        Store::epoch(self).await
    }

    async fn put(&self, kind: &str, key: &str, bytes: &[u8], ttl: Option<Duration>) -> Result<()> {
        let mut lease = self.0.lease(&self.0.writer).await?;
        let done = records::put(lease.session(), kind, key, bytes, ttl).await;
        lease.finish(done)
    }

    async fn list(&self, kind: &str) -> Result<Vec<Record>> {
        let mut lease = self.0.lease(&self.0.reader).await?;
        let done = records::list(lease.session(), kind).await;
        lease.finish(done)
    }
}

#[async_trait]
impl Counters for Sqlite {
    fn name(&self) -> String {
        Store::name(self)
    }

    async fn epoch(&self) -> Result<String> {
        Store::epoch(self).await
    }

    async fn add(&self, kind: &str, key: &str, deltas: &[(String, i64)], ttl: Option<Duration>) -> Result<()> {
        let mut lease = self.0.lease(&self.0.writer).await?;
        let done = counters::add(lease.session(), kind, key, deltas, ttl).await;
        lease.finish(done)
    }

    async fn read(&self, kind: &str, key: &str) -> Result<Vec<(String, i64)>> {
        let keys = [key.to_owned()];
        let mut lease = self.0.lease(&self.0.reader).await?;
        let done = counters::read_many(lease.session(), kind, &keys, None).await;
        Ok(lease.finish(done)?.pop().unwrap_or_default())
    }

    async fn read_many(
        &self,
        kind: &str,
        keys: &[String],
        names: Option<&[String]>,
    ) -> Result<Vec<Vec<(String, i64)>>> {
        let mut lease = self.0.lease(&self.0.reader).await?;
        let done = counters::read_many(lease.session(), kind, keys, names).await;
        lease.finish(done)
    }

    async fn scan(&self, after: Option<&str>, limit: usize) -> Result<Scan<CounterGroup>> {
        let after = decode_position(after).map_err(|error| error.with_store(self.0.name()))?;
        let mut lease = self.0.lease(&self.0.reader).await?;
        let done = counters::scan(lease.session(), after.as_ref(), limit).await;
        lease.finish(done)
    }
}

#[async_trait]
impl Assignments for Sqlite {
    fn name(&self) -> String {
        Store::name(self)
    }

    async fn epoch(&self) -> Result<String> {
        Store::epoch(self).await
    }

    async fn assign(&self, experiment: &str, unit: &str, choice: &str) -> Result<String> {
        let units = [(unit.to_owned(), choice.to_owned())];
        let mut lease = self.0.lease(&self.0.writer).await?;
        let done = assignments::assign(lease.session(), experiment, &units).await;
        Ok(lease.finish(done)?.pop().map_or_else(|| choice.to_owned(), |outcome| outcome.choice))
    }

    async fn assign_many(&self, experiment: &str, units: &[(String, String)]) -> Result<Vec<AssignmentOutcome>> {
        let mut lease = self.0.lease(&self.0.writer).await?;
        let done = assignments::assign(lease.session(), experiment, units).await;
        lease.finish(done)
    }

    async fn assigned(&self, experiment: &str, unit: &str) -> Result<Option<String>> {
        let mut lease = self.0.lease(&self.0.reader).await?;
        let done = assignments::assigned(lease.session(), experiment, unit).await;
        lease.finish(done)
    }

    async fn scan(&self, after: Option<&str>, limit: usize) -> Result<Scan<Assignment>> {
        let after = decode_position(after).map_err(|error| error.with_store(self.0.name()))?;
        let mut lease = self.0.lease(&self.0.reader).await?;
        let done = assignments::scan(lease.session(), after.as_ref(), limit).await;
        lease.finish(done)
    }
}
