//! All implementations are async, or none.

#[feats::feature]
trait Greeting {
    #[default]
    async fn short() -> u32 {
        2
    }
    fn long() -> u32 {
        4
    }
}

#[feats::feature]
trait Farewell {
    #[default]
    fn short() -> u32 {
        2
    }
    async fn long() -> u32 {
        4
    }
}

fn main() {}
