//! A return type must be a supported type of value.

#[feats::segment]
trait Country {
    fn small(_: &u8) -> f32 {
        0.5
    }
    fn large(_: &u16) -> i128 {
        1
    }
    fn letter(_: &u32) -> char {
        'a'
    }
    fn fallible(_: &u64) -> Result<String, ()> {
        Err(())
    }
    fn doubtful(_: &i8) -> Option<Option<bool>> {
        None
    }
    fn list(_: &i16) -> Vec<String> {
        vec![]
    }
}

fn main() {}
