//! What can happen to a Consul, and on the way to it.

mod access;
mod damage;
mod losses;
mod plain;
mod records;
mod refusals;
mod restored;
mod suite;
mod watching;

use std::sync::OnceLock;

use feats::store::Consul;

/// The agent that most tests share, where Consul is installed.
fn server() -> Option<&'static feats_servers::Consul> {
    static SHARED: OnceLock<feats_servers::Consul> = OnceLock::new();
    feats_servers::Consul::available().then(|| SHARED.get_or_init(feats_servers::Consul::start))
}

/// Opens the store of a test on the shared agent.
fn store(server: &feats_servers::Consul, base: &str) -> Consul {
    Consul::open(server.url()).unwrap().base_key(base)
}

/// Returns all keys with a prefix, with their values in Base64.
fn everything(server: &feats_servers::Consul, prefix: &str) -> Vec<(String, String)> {
    let (status, body) = server.request("GET", &format!("/v1/kv/{prefix}?recurse"), "");
    if status == 404 {
        return Vec::new();
    }
    let pairs: Vec<serde_json::Value> = serde_json::from_str(&body).unwrap();
    let text = |pair: &serde_json::Value, name: &str| pair[name].as_str().unwrap_or_default().to_owned();
    pairs.iter().map(|pair| (text(pair, "Key"), text(pair, "Value"))).collect()
}
