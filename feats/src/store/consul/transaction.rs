//! Transactions: several operations on keys, of which all or none take effect.

use std::collections::HashMap;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use reqwest::Method;
use serde::{Deserialize, Serialize};

use super::client::{Agent, Consistency, Pair, Response, Value};
use super::codec::json;
use super::error::permission_denied;
use crate::error::{ErrorKind, Result};

/// The maximum size of the request of a transaction, which contains its values in Base64. It is Consul's default for
/// `txn_max_req_len`.
const MAX_REQUEST_BYTES: usize = 512 << 10;

/// The maximum number of operations in a transaction.
const MAX_OPERATIONS: usize = 64;

/// An operation of a transaction.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Operation {
    #[serde(rename = "KV")]
    kv: KeyOperation,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct KeyOperation {
    verb: &'static str,
    key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Outcome {
    #[serde(default)]
    results: Option<Vec<Item>>,
    #[serde(default)]
    errors: Option<Vec<Rejection>>,
}

#[derive(Deserialize)]
struct Item {
    #[serde(rename = "KV")]
    kv: Pair,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Rejection {
    what: String,
}

impl Operation {
    /// Sets a key that was last modified at `index`; 0 means that it does not exist.
    pub(super) fn set(key: String, value: &[u8], index: u64) -> Self {
        Self { kv: KeyOperation { verb: "cas", key, value: Some(BASE64.encode(value)), index: Some(index) } }
    }

    /// Deletes a key that was last modified at `index`.
    pub(super) fn delete(key: String, index: u64) -> Self {
        Self { kv: KeyOperation { verb: "delete-cas", key, value: None, index: Some(index) } }
    }

    fn get(key: String) -> Self {
        Self { kv: KeyOperation { verb: "get", key, value: None, index: None } }
    }
}

impl Agent {
    /// Performs all operations, or none if one of them is not possible. Returns whether they were performed.
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`] if they need a larger request than Consul accepts.
    pub(super) async fn transact(&self, operations: &[Operation]) -> Result<bool> {
        let outcome = self.transaction(operations).await?;
        let Some(rejections) = outcome.errors.filter(|rejections| !rejections.is_empty()) else { return Ok(true) };
        if rejections.iter().any(|rejection| rejection.what.contains("Permission denied")) {
            return Err(permission_denied().with_store(self.name()));
        }
        Ok(false)
    }

    /// Returns the values of keys, in their order.
    pub(super) async fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Value>>> {
        let mut values = Vec::with_capacity(keys.len());
        for keys in keys.chunks(MAX_OPERATIONS) {
            if let [key] = keys {
                values.push(self.get(key, Consistency::Default).await?);
                continue;
            }
            let operations: Vec<Operation> = keys.iter().cloned().map(Operation::get).collect();
            let found = self.transaction(&operations).await?.results.unwrap_or_default();
            if found.is_empty() {
                // At least one of them is missing, which rejects the whole transaction.
                for key in keys {
                    values.push(self.get(key, Consistency::Default).await?);
                }
                continue;
            }
            let found: Option<Vec<Value>> = found.into_iter().map(|item| item.kv.decode()).collect();
            let found = found.ok_or_else(|| self.not_consul())?.into_iter();
            let mut found: HashMap<String, Value> = found.map(|value| (value.key.clone(), value)).collect();
            values.extend(keys.iter().map(|key| found.remove(key)));
        }
        Ok(values)
    }

    async fn transaction(&self, operations: &[Operation]) -> Result<Outcome> {
        let request = json(&operations);
        if request.len() > MAX_REQUEST_BYTES {
            let message = format!(
                "this needs a request of {} bytes, and Consul accepts transactions of up to {MAX_REQUEST_BYTES}; \
                 nothing was written",
                request.len()
            );
            return Err(self.error(ErrorKind::TooLarge, message));
        }
        let send = |builder: reqwest::RequestBuilder| builder.body(request);
        let answer: Response = self.send(Method::PUT, "txn", Duration::ZERO, send).await?;
        let answer = if answer.status == 409 { answer } else { self.success(answer)? };
        serde_json::from_slice(&answer.body).map_err(|_| self.not_consul())
    }
}
