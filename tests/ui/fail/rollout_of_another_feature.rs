//! A rollout has implementations of its own feature.

#[feats::segment]
trait UserId {
    fn id(id: &u64) -> u64 {
        *id
    }
}

#[feats::boolean]
fn Search(id: &u64) -> bool {
    *id > 0
}

#[feats::boolean]
fn Chat(id: &u64) -> bool {
    *id > 0
}

fn edit(search: &feats::FeatureHandle<Search>) {
    let _ = search.edit().otherwise(feats::edit::rollout(UserId, [(Chat::Enabled, 100.0)]));
}

fn main() {}
