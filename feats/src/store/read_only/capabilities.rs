//! The capabilities of the inner store without their writes.

use std::time::Duration;

use async_trait::async_trait;

use super::ReadOnly;
use crate::error::Result;
use crate::store::{
    Assignment, AssignmentOutcome, Assignments, CounterGroup, Counters, Record, Records, Scan, wrapped,
};

#[async_trait]
impl Records for ReadOnly {
    fn name(&self) -> String {
        self.inner.records().map(Records::name).unwrap_or_default()
    }

    async fn epoch(&self) -> Result<String> {
        wrapped::records(&*self.inner)?.epoch().await
    }

    async fn put(&self, _kind: &str, _key: &str, _bytes: &[u8], _ttl: Option<Duration>) -> Result<()> {
        Err(self.refusal())
    }

    async fn list(&self, kind: &str) -> Result<Vec<Record>> {
        wrapped::records(&*self.inner)?.list(kind).await
    }
}

#[async_trait]
impl Counters for ReadOnly {
    fn name(&self) -> String {
        self.inner.counters().map(Counters::name).unwrap_or_default()
    }

    async fn epoch(&self) -> Result<String> {
        wrapped::counters(&*self.inner)?.epoch().await
    }

    async fn add(&self, _kind: &str, _key: &str, _deltas: &[(String, i64)], _ttl: Option<Duration>) -> Result<()> {
        Err(self.refusal())
    }

    async fn read(&self, kind: &str, key: &str) -> Result<Vec<(String, i64)>> {
        wrapped::counters(&*self.inner)?.read(kind, key).await
    }

    async fn read_many(
        &self,
        kind: &str,
        keys: &[String],
        names: Option<&[String]>,
    ) -> Result<Vec<Vec<(String, i64)>>> {
        wrapped::counters(&*self.inner)?.read_many(kind, keys, names).await
    }

    async fn scan(&self, after: Option<&str>, limit: usize) -> Result<Scan<CounterGroup>> {
        wrapped::counters(&*self.inner)?.scan(after, limit).await
    }
}

#[async_trait]
impl Assignments for ReadOnly {
    fn name(&self) -> String {
        self.inner.assignments().map(Assignments::name).unwrap_or_default()
    }

    async fn epoch(&self) -> Result<String> {
        wrapped::assignments(&*self.inner)?.epoch().await
    }

    async fn assign(&self, _experiment: &str, _unit: &str, _choice: &str) -> Result<String> {
        Err(self.refusal())
    }

    async fn assign_many(&self, _experiment: &str, _units: &[(String, String)]) -> Result<Vec<AssignmentOutcome>> {
        Err(self.refusal())
    }

    async fn assigned(&self, experiment: &str, unit: &str) -> Result<Option<String>> {
        wrapped::assignments(&*self.inner)?.assigned(experiment, unit).await
    }

    async fn scan(&self, after: Option<&str>, limit: usize) -> Result<Scan<Assignment>> {
        wrapped::assignments(&*self.inner)?.scan(after, limit).await
    }
}
