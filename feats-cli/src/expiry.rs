//! Past its day: whether a feature should be gone from the code by now.

use feats::Timestamp;
use feats::model::Declaration;

/// Whether a feature is stale: its day is over in UTC. A day that is none is over, so that somebody looks at it.
pub(crate) fn is_stale(declaration: &Declaration, now: Timestamp) -> bool {
    let Some(day) = declaration.expires.as_deref() else { return false };
    match format!("{day}T23:59:59.999Z").parse::<Timestamp>() {
        Ok(end) => now > end,
        Err(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_is_stale_once_its_day_is_over() {
        let stale = |expires: &str, now: &str| {
            let mut declaration = Declaration::new("Checkout", ["classic"]);
            declaration.expires = Some(expires.into());
            is_stale(&declaration, now.parse().expect(now))
        };
        assert!(!stale("2027-01-31", "2027-01-31T23:59:59Z"));
        assert!(stale("2027-01-31", "2027-02-01T00:00:00Z"));
        assert!(stale("some day", "2027-02-01T00:00:00Z"));
        assert!(!is_stale(&Declaration::new("Checkout", ["classic"]), Timestamp::now()));
    }
}
