//! `#[async_trait]` above, which has rewritten the function before.

use std::future::Future;
use std::pin::Pin;

struct Uploader;

impl Uploader {
    #[feats::when_enabled("FANCY")]
    fn upload<'life0, 'async_trait>(&'life0 self) -> Pin<Box<dyn Future<Output = u32> + Send + 'async_trait>>
    where
        'life0: 'async_trait,
    {
        Box::pin(async { 1 })
    }
}

fn main() {}
