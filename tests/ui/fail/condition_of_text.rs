//! Conditions combine only with conditions.

fn main() {
    let _ = feats::edit::attribute("Environment", "prod").and("Country is CA");
}
