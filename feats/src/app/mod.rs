//! (placeholder while the app is built)
use crate::registry::Feature;
/// Named
#[derive(Clone, Copy, Debug)]
pub struct Named;
/// Target
pub trait Target {}
impl<F: Feature> Target for F {}
impl Target for Named {}
/// Decision
#[derive(Debug)]
pub struct Decision<F>(pub F);
