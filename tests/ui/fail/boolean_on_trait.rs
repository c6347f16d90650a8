//! A boolean is written as a function.

#[feats::boolean]
trait ImageProcessing {}

fn main() {}
