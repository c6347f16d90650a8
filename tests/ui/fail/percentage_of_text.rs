//! Percentages are numbers.

#[feats::segment]
trait Id {
    fn id(id: &u64) -> u64 {
        *id
    }
}

#[feats::boolean]
fn Search(id: &u64) -> bool {
    *id == 1
}

fn main() {
    let _ = feats::edit::rollout(Id, [(Search::Enabled, "50"), (Search::Disabled, "50")]);
}
