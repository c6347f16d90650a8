//! `#[async_trait]` below the attribute of feats, on what becomes an enum.

#[feats::feature]
#[async_trait::async_trait]
trait Fee {
    #[default]
    async fn flat(id: &u64) -> u64 {
        *id
    }
}

#[feats::segment]
#[async_trait]
trait Id {
    fn id(id: &u64) -> u64 {
        *id
    }
}

async fn used() -> u64 {
    Fee::create(&1).await
}

fn main() {
    let _ = used();
}
