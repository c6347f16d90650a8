//! The contract, on every way to run Redis.

use feats::store::{Redis, contract};
use feats_servers::{Cluster, Sentinel};

#[tokio::test]
async fn one_server_keeps_the_contract() {
    let Some(server) = super::server() else { return };
    keeps_the_contract(server.url()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_server_keeps_the_contract_on_many_threads() {
    let Some(server) = super::server() else { return };
    keeps_the_contract(server.url()).await;
}

#[tokio::test]
async fn a_server_with_tls_keeps_the_contract() {
    if !feats_servers::available() {
        return;
    }
    let server = feats_servers::Redis::builder().tls().password("s3cret").start();
    let (url, ca) = (server.url(), server.certificates().ca());
    contract::run(move |place| Redis::open(&url).unwrap().tls_ca(&ca).prefix(place)).await;
}

#[tokio::test]
async fn a_master_of_sentinels_keeps_the_contract() {
    if !feats_servers::available() {
        return;
    }
    let sentinel = Sentinel::start();
    keeps_the_contract(sentinel.url()).await;
}

#[tokio::test]
async fn a_cluster_keeps_the_contract() {
    if !feats_servers::available() {
        return;
    }
    let cluster = Cluster::shared();
    keeps_the_contract(cluster.url()).await;
}

async fn keeps_the_contract(url: String) {
    contract::run(move |place| Redis::open(&url).unwrap().prefix(place)).await;
}
