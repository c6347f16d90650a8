//! Stand-in.
use super::*;
#[derive(Clone, Debug)]
pub struct Flow {
    pub part: Part,
    pub before: Vec<(String, f64)>,
    pub after: Vec<(String, f64)>,
    pub moves: Vec<(String, String, f64)>,
    pub stays: Vec<(String, f64)>,
}
#[derive(Clone, Debug)]
pub struct Warning(());
impl Warning {
    pub fn sentence(&self) -> crate::words::Sentence {
        crate::words::Sentence::new()
    }
}
pub fn flows(_: &State, _: &State, _: &Impact, _: &str, _: Timestamp) -> Vec<Flow> {
    vec![]
}
pub fn warnings(_: &State, _: &Declaration, _: Timestamp) -> Vec<Warning> {
    vec![]
}
