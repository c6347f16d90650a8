//! A boolean is declared as a function.

#[feats::boolean]
trait ImageProcessing {}

fn main() {}
