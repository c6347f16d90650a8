//! Times for people.

use feats::Timestamp;

/// Describes how long ago a time was, in its largest unit.
pub(crate) fn ago(then: Timestamp, now: Timestamp) -> String {
    const UNITS: [(u64, &str); 5] =
        [(365 * 86_400, "year"), (30 * 86_400, "month"), (86_400, "day"), (3_600, "hour"), (60, "minute")];
    let seconds = now.since(then).as_secs();
    let unit = UNITS.into_iter().find(|(length, _)| seconds >= *length);
    match unit.map(|(length, name)| (seconds / length, name)) {
        None => "just now".to_owned(),
        Some((1, name)) => format!("1 {name} ago"),
        Some((count, name)) => format!("{count} {name}s ago"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_described_in_its_largest_unit() {
        let now: Timestamp = "2026-12-01T09:00:00Z".parse().expect("a time");
        for (then, expected) in [
            ("2026-12-01T09:00:10Z", "just now"),
            ("2026-12-01T08:59:01Z", "just now"),
            ("2026-12-01T08:59:00Z", "1 minute ago"),
            ("2026-12-01T07:00:01Z", "1 hour ago"),
            ("2026-11-28T09:00:00Z", "3 days ago"),
            ("2024-11-28T09:00:00Z", "2 years ago"),
        ] {
            assert_eq!(ago(then.parse().expect(then), now), expected, "{then}");
        }
    }
}
