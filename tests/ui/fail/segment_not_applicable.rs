//! A rule of a feature uses segments that apply to one of its inputs.

struct User {
    id: u64,
}

struct Order {
    country: String,
}

#[feats::segment]
trait Country {
    fn order(order: &Order) -> &str {
        &order.country
    }
}

#[feats::boolean]
fn Search(user: &User) -> bool {
    user.id > 0
}

fn edit(search: &feats::FeatureHandle<Search>) {
    let _ = search.edit().rule("Canada", Country::is("CA"), Search::Enabled);
}

fn main() {}
