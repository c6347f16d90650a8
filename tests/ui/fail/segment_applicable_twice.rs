//! If a segment applies to several inputs, a condition names the input.

struct Address {
    country: String,
}

struct Order {
    country: String,
}

#[feats::segment]
trait Country {
    fn order(order: &Order) -> &str {
        &order.country
    }
    fn address(address: &Address) -> &str {
        &address.country
    }
}

#[feats::boolean]
fn Insurance(order: &Order, address: &Address) -> bool {
    order.country == address.country
}

fn edit(insurance: &feats::FeatureHandle<Insurance>) {
    let _ = insurance.edit().rule("Canada", Country::is("CA"), Insurance::Enabled);
}

fn main() {}
