//! Relative times.

use std::time::SystemTime;

use feats::model::Timestamp;
use feats::text::counted;
use maud::{Markup, html};

/// Renders a relative time, such as `5 minutes ago`, with the exact time in UTC as its title.
pub(crate) fn when(moment: Timestamp) -> Markup {
    html! { time datetime=(moment) title=(moment) { (relative(moment, Timestamp::from(SystemTime::now()))) } }
}

fn relative(moment: Timestamp, now: Timestamp) -> String {
    let millis = now.as_millis().saturating_sub(moment.as_millis());
    let amount = amount(millis.unsigned_abs());
    match (millis.unsigned_abs() < 1_000, millis > 0) {
        (true, _) => "just now".to_owned(),
        (false, true) => format!("{amount} ago"),
        (false, false) => format!("in {amount}"),
    }
}

fn amount(millis: u64) -> String {
    const UNITS: [(&str, u64); 4] = [("day", 86_400_000), ("hour", 3_600_000), ("minute", 60_000), ("second", 1_000)];
    // Rounded to the nearest unit: a three-hour ramp must not end "in 2 hours" right after its start.
    let rounded = |length: u64| (millis + length / 2) / length;
    let largest = UNITS.into_iter().find(|(_, length)| millis >= *length);
    let (unit, count) = largest.map_or(("second", 0), |(unit, length)| (unit, rounded(length)));
    counted(count, unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_shown_in_its_largest_unit() {
        let moment = Timestamp::from_millis;
        let now = moment(100 * 86_400_000);
        let actual = |millis: i64| relative(moment(now.as_millis() - millis), now);
        assert_eq!(actual(400), "just now");
        assert_eq!(actual(1_000), "1 second ago");
        assert_eq!(actual(12 * 60_000 + 5), "12 minutes ago");
        assert_eq!(actual(41 * 86_400_000), "41 days ago");
        assert_eq!(actual(-2 * 3_600_000), "in 2 hours");
        assert_eq!(actual(-3 * 3_600_000 + 20), "in 3 hours");
    }
}
