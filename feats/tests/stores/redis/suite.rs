//! The contract suite for every topology of Redis.

use feats::store::{Redis, contract};
use feats_servers::{Cluster, Sentinel};

#[tokio::test]
async fn one_server_passes_the_suite() {
    let Some(server) = super::server() else { return };
    passes_the_suite(server.url()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_server_passes_the_suite_on_several_threads() {
    let Some(server) = super::server() else { return };
    passes_the_suite(server.url()).await;
}

#[tokio::test]
async fn a_server_with_tls_passes_the_suite() {
    if !feats_servers::available() {
        return;
    }
    let server = feats_servers::Redis::builder().tls().password("s3cret").start();
    let (url, ca) = (server.url(), server.certificates().ca());
    contract::run(move |place| Redis::open(&url).unwrap().tls_ca(&ca).prefix(place)).await;
}

#[tokio::test]
async fn a_master_of_sentinels_passes_the_suite() {
    if !feats_servers::available() {
        return;
    }
    let sentinel = Sentinel::start();
    passes_the_suite(sentinel.url()).await;
}

#[tokio::test]
async fn a_cluster_passes_the_suite() {
    if !feats_servers::available() {
        return;
    }
    let cluster = Cluster::shared();
    passes_the_suite(cluster.url()).await;
}

async fn passes_the_suite(url: String) {
    contract::run(move |place| Redis::open(&url).unwrap().prefix(place)).await;
}
