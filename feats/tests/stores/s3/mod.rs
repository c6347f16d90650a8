//! S3: the suite on a server with its API, faults of objects, and refusals.

mod answers;
mod objects;
mod refusals;
mod suite;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use feats::store::S3;
use feats_servers::Moto;

/// Returns the server that the tests of this process share; `None` if it is not installed.
fn server() -> Option<&'static Moto> {
    static SERVER: OnceLock<Moto> = OnceLock::new();
    Moto::available().then(|| SERVER.get_or_init(Moto::start))
}

/// Creates a bucket and returns its name.
fn bucket(server: &Moto) -> String {
    static BUCKETS: AtomicU32 = AtomicU32::new(0);
    let name = format!("bucket-{}", BUCKETS.fetch_add(1, Ordering::Relaxed));
    server.create_bucket(&name);
    name
}

/// Opens a prefix of a bucket.
fn open(server: &Moto, bucket: &str, prefix: &str) -> S3 {
    let url = format!("s3://{bucket}/{prefix}?endpoint={}", server.endpoint());
    let poll = std::time::Duration::from_millis(100);
    S3::open(url).unwrap().credentials("key", "s3cret").poll_every(poll).check_every(std::time::Duration::ZERO)
}

/// Returns the keys in a bucket that start with a text.
fn keys(server: &Moto, bucket: &str, start: &str) -> Vec<String> {
    let (_, listed) = server.request("GET", &format!("/{bucket}?list-type=2&prefix={start}"), "");
    let keys = listed.split("<Key>").skip(1).filter_map(|rest| rest.split("</Key>").next());
    keys.map(str::to_owned).collect()
}
