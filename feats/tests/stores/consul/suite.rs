//! The contract suite on agents with and without TLS.

use feats::store::{Consul, contract};

#[tokio::test]
async fn an_agent_passes_the_suite() {
    let Some(server) = super::server() else { return };
    contract::run(move |place| super::store(server, &format!("suite/{place}"))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_agent_with_tls_and_access_control_passes_the_suite_on_several_threads() {
    if !feats_servers::Consul::available() {
        return;
    }
    let server = feats_servers::Consul::builder().tls().access_control().start();
    let url = server.tls_url().replace("consuls://", &format!("consuls://:{}@", feats_servers::CONSUL_TOKEN));
    let ca = server.certificates().ca();
    contract::run(move |place| Consul::open(&url).unwrap().tls_ca(&ca).base_key(place)).await;
}
