//! The causes of an error.

use std::error::Error;
use std::io;
use std::sync::Arc;

/// Finds an error of a type among an error and its causes. Also looks into I/O errors and shared errors, which some drivers wrap
/// around others.
pub(crate) fn find_cause<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = wrapped(error).or_else(|| error.source());
    }
    None
}

fn wrapped<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    if let Some(error) = error.downcast_ref::<io::Error>() {
        return error.get_ref().map(|inner| inner as &(dyn Error + 'static));
    }
    let shared = error.downcast_ref::<Arc<dyn Error + Send + Sync>>();
    shared.map(|inner| inner.as_ref() as &(dyn Error + 'static))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_found_in_io_errors_and_shared_errors() {
        let cause = "x".parse::<u8>().expect_err("it is not a number");
        let wrapped = io::Error::other(io::Error::other(cause.clone()));
        assert_eq!(find_cause(&wrapped), Some(&cause));
        let shared: Arc<dyn Error + Send + Sync> = Arc::new(io::Error::other(cause.clone()));
        assert_eq!(find_cause(&io::Error::other(shared)), Some(&cause));
        assert_eq!(find_cause::<std::fmt::Error>(&wrapped), None);
    }
}
