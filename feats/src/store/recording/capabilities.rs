//! The capabilities of a recording store.

use std::time::Duration;

use async_trait::async_trait;

use super::Recording;
use crate::error::Result;
use crate::store::{
    Assignment, AssignmentOutcome, Assignments, CounterGroup, Counters, Record, Records, Scan, wrapped,
};

#[async_trait]
impl Records for Recording {
    fn name(&self) -> String {
        self.inner.records().map(Records::name).unwrap_or_default()
    }

    async fn epoch(&self) -> Result<String> {
        let call = self.call("records.epoch");
        call.end(wrapped::records(&*self.inner)?.epoch().await)
    }

    async fn put(&self, kind: &str, key: &str, bytes: &[u8], ttl: Option<Duration>) -> Result<()> {
        let call = self.call("records.put").with_name("kind", kind).with("bytes", bytes.len());
        call.end(wrapped::records(&*self.inner)?.put(kind, key, bytes, ttl).await)
    }

    async fn list(&self, kind: &str) -> Result<Vec<Record>> {
        let call = self.call("records.list").with_name("kind", kind);
        call.end_with(wrapped::records(&*self.inner)?.list(kind).await, |records| {
            let bytes = records.iter().map(|record| record.bytes.len()).sum();
            ("ok", [("entries", records.len()), ("bytes", bytes)])
        })
    }
}

#[async_trait]
impl Counters for Recording {
    fn name(&self) -> String {
        self.inner.counters().map(Counters::name).unwrap_or_default()
    }

    async fn epoch(&self) -> Result<String> {
        let call = self.call("counters.epoch");
        call.end(wrapped::counters(&*self.inner)?.epoch().await)
    }

    async fn add(&self, kind: &str, key: &str, deltas: &[(String, i64)], ttl: Option<Duration>) -> Result<()> {
        let call = self.call("counters.add").with_name("kind", kind).with("counters", deltas.len());
        call.end(wrapped::counters(&*self.inner)?.add(kind, key, deltas, ttl).await)
    }

    async fn read(&self, kind: &str, key: &str) -> Result<Vec<(String, i64)>> {
        let call = self.call("counters.read").with_name("kind", kind);
        call.end_with(wrapped::counters(&*self.inner)?.read(kind, key).await, |counts| {
            ("ok", [("entries", counts.len())])
        })
    }

    async fn read_many(
        &self,
        kind: &str,
        keys: &[String],
        names: Option<&[String]>,
    ) -> Result<Vec<Vec<(String, i64)>>> {
        let call = self.call("counters.read_many").with_name("kind", kind).with("keys", keys.len());
        call.end_with(wrapped::counters(&*self.inner)?.read_many(kind, keys, names).await, |counts| {
            ("ok", [("entries", counts.iter().map(Vec::len).sum())])
        })
    }

    async fn scan(&self, after: Option<&str>, limit: usize) -> Result<Scan<CounterGroup>> {
        let call = self.call("counters.scan").with("limit", limit);
        call.end_with(wrapped::counters(&*self.inner)?.scan(after, limit).await, |scan| {
            ("ok", [("entries", scan.entries.len())])
        })
    }
}

#[async_trait]
impl Assignments for Recording {
    fn name(&self) -> String {
        self.inner.assignments().map(Assignments::name).unwrap_or_default()
    }

    async fn epoch(&self) -> Result<String> {
        let call = self.call("assignments.epoch");
        call.end(wrapped::assignments(&*self.inner)?.epoch().await)
    }

    async fn assign(&self, experiment: &str, unit: &str, choice: &str) -> Result<String> {
        let call = self.call("assignments.assign").with_name("experiment", experiment);
        call.end(wrapped::assignments(&*self.inner)?.assign(experiment, unit, choice).await)
    }

    async fn assign_many(&self, experiment: &str, units: &[(String, String)]) -> Result<Vec<AssignmentOutcome>> {
        let call = self.call("assignments.assign_many").with_name("experiment", experiment).with("units", units.len());
        call.end_with(wrapped::assignments(&*self.inner)?.assign_many(experiment, units).await, |outcomes| {
            ("ok", [("first", outcomes.iter().filter(|outcome| outcome.first).count())])
        })
    }

    async fn assigned(&self, experiment: &str, unit: &str) -> Result<Option<String>> {
        let call = self.call("assignments.assigned").with_name("experiment", experiment);
        call.end_with(wrapped::assignments(&*self.inner)?.assigned(experiment, unit).await, |choice| {
            ("ok", [("entries", usize::from(choice.is_some()))])
        })
    }

    async fn scan(&self, after: Option<&str>, limit: usize) -> Result<Scan<Assignment>> {
        let call = self.call("assignments.scan").with("limit", limit);
        call.end_with(wrapped::assignments(&*self.inner)?.scan(after, limit).await, |scan| {
            ("ok", [("entries", scan.entries.len())])
        })
    }
}
