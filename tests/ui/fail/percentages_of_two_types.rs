//! The percentages of one list are all integers or all floats.

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
    let _ = feats::edit::experiment(Id, [(Search::Enabled, 50), (Search::Disabled, 50.0)]);
}
