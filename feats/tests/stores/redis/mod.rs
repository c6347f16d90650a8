//! What can happen to a Redis, and on the way to it.

mod damage;
mod epoch_changes;
mod gaps;
mod lines;
mod losses;
mod plain;
mod refusals;
mod replicas;
mod steady;
mod suite;

/// A server, where Redis is installed.
fn server() -> Option<feats_servers::Redis> {
    feats_servers::available().then(feats_servers::Redis::start)
}
