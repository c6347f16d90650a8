//! A program that is built with `rustc` alone, without the name of a package.

#![deny(warnings)]

use feats::Feature;

#[feats::feature]
trait Fee {
    #[default]
    fn flat(id: &u64) -> u64 {
        *id
    }
}

#[feats::boolean]
fn Discount(id: &u64) -> bool {
    *id == 1
}

#[feats::segment]
trait Id {
    fn id(id: &u64) -> u64 {
        *id
    }
}

fn plain(id: u64) -> u64 {
    id
}

#[feats::when_enabled(Discount(&id), otherwise = plain)]
fn discounted(id: u64) -> u64 {
    id - 1
}

fn main() {
    let _ = (Fee::create(&1), Discount::is_enabled(&1), Id::is(1), discounted(1));
    let location = &Fee::entry().location;
    assert_eq!((location.crate_name, location.version, location.module), ("without_cargo", "", "without_cargo"));
}
