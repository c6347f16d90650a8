//! `#[async_trait]` above the attribute of feats, which rewrites `async fn`.

#[feats::feature]
trait Fee {
    #[default]
    fn flat<'life0, 'async_trait>(id: &'life0 u64) -> std::pin::Pin<Box<dyn Future<Output = u64> + Send + 'async_trait>>
    where
        'life0: 'async_trait,
    {
        Box::pin(async move { *id })
    }
}

async fn used() -> u64 {
    Fee::create(&1).await
}

fn main() {
    let _ = used();
}
