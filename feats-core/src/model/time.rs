//! Instants in UTC, with a resolution of one millisecond.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Error, ErrorKind, quoted};

/// An instant in UTC with a resolution of one millisecond, formatted as [RFC 3339].
///
/// ```
/// let instant: feats::Timestamp = "2026-12-01T09:00:00Z".parse()?;
/// assert_eq!(instant.as_millis(), 1_796_115_600_000);
/// assert_eq!(instant.to_string(), "2026-12-01T09:00:00Z");
/// # Ok::<(), feats::Error>(())
/// ```
///
/// [RFC 3339]: https://www.rfc-editor.org/rfc/rfc3339
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

impl Timestamp {
    /// The earliest instant: 0000-01-01T00:00:00Z, because RFC 3339 has no negative years.
    const FIRST: i64 = -62_167_219_200_000;
    /// The latest instant: 9999-12-30T22:00:00Z, which is before the year 10000 in every time zone.
    const LAST: i64 = 253_402_207_200_000;

    /// Creates the instant that is a number of milliseconds after 1970-01-01T00:00:00Z. Here and in parsing, instants are clamped
    /// to the range from 0000-01-01T00:00:00Z to 9999-12-30T22:00:00Z.
    ///
    /// ```
    /// use feats::Timestamp;
    ///
    /// assert_eq!(Timestamp::from_millis(i64::MIN).to_string(), "0000-01-01T00:00:00Z");
    /// assert_eq!(Timestamp::from_millis(i64::MAX).to_string(), "9999-12-30T22:00:00Z");
    /// assert_eq!("9999-12-31T00:00:00Z".parse::<Timestamp>()?, Timestamp::from_millis(i64::MAX));
    /// # Ok::<(), feats::Error>(())
    /// ```
    #[inline]
    pub fn from_millis(millis: i64) -> Self {
        Self(millis.clamp(Self::FIRST, Self::LAST))
    }

    /// Returns the number of milliseconds since 1970-01-01T00:00:00Z.
    #[inline]
    pub fn as_millis(self) -> i64 {
        self.0
    }

    /// Returns the instant that is `duration` later.
    #[must_use]
    #[inline]
    pub fn after(self, duration: Duration) -> Self {
        Self::from_millis(self.0.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// Returns the time elapsed since an earlier instant; zero if that instant is not earlier.
    #[inline]
    pub fn since(self, earlier: Timestamp) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl From<SystemTime> for Timestamp {
    #[inline]
    fn from(time: SystemTime) -> Self {
        let millis = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self::from_millis(match time.duration_since(UNIX_EPOCH) {
            Ok(after) => millis(after),
            Err(before) => -millis(before.duration()),
        })
    }
}

impl Timestamp {
    /// Converts the instant for jiff, whose range includes that of this type.
    fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::MAX)
    }

    /// Returns the date in UTC, such as `2026-12-01`.
    pub fn date(self) -> String {
        Offset::UTC.to_datetime(self.to_jiff()).date().to_string()
    }

    /// Returns the start of a day in UTC; `None` if the date is invalid.
    pub fn start_of_day(date: &str) -> Option<Self> {
        Self::parse(&format!("{date}T00:00:00Z"))
    }

    /// Parses an RFC 3339 time without allocating; `None` if it is not one. A leap second counts as the second after it.
    ///
    /// Evaluations parse times, and jiff's errors allocate. So the format and every range are checked before jiff gets the numbers.
    /// The format is also stricter than that of jiff's own parser, and allows any number of fractional digits.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let digits = |from: usize, to: usize| -> Option<i16> {
            bytes
                .get(from..to)?
                .iter()
                .try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + i16::from(byte - b'0')))
        };
        let within = |at: usize, range: RangeInclusive<i8>| -> Option<i8> {
            i8::try_from(digits(at, at + 2)?).ok().filter(|number| range.contains(number))
        };
        let is = |at: usize, allowed: &[u8]| bytes.get(at).is_some_and(|byte| allowed.contains(byte));
        let punctuated = is(4, b"-") && is(7, b"-") && is(10, b"Tt ") && is(13, b":") && is(16, b":");
        let (year, month) = (digits(0, 4).filter(|_| punctuated)?, within(5, 1..=12)?);
        let days = Date::new(year, month, 1).ok()?.days_in_month();
        let (day, hour, minute, second) =
            (within(8, 1..=days)?, within(11, 0..=23)?, within(14, 0..=59)?, within(17, 0..=60)?);
        let (mut zone, mut millis) = (19, 0);
        if is(19, b".") {
            let length = bytes.get(20..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let significant = length.min(3);
            millis = digits(20, 20 + significant).filter(|_| length > 0)? * [1000, 100, 10, 1].get(significant)?;
            zone = 20 + length;
        }
        let offset = match bytes.get(zone)? {
            b'Z' | b'z' if bytes.len() == zone + 1 => 0,
            sign @ (b'+' | b'-') if bytes.len() == zone + 6 && is(zone + 3, b":") => {
                let minutes = i64::from(within(zone + 1, 0..=23)?) * 60 + i64::from(within(zone + 4, 0..=59)?);
                if *sign == b'+' { minutes } else { -minutes }
            }
            _ => return None,
        };
        let local = Date::new(year, month, day).ok()?.at(hour, minute, 0, 0);
        let minutes = local.duration_since(EPOCH).as_secs() / 60 - offset;
        Some(Self::from_millis((minutes * 60 + i64::from(second)) * 1000 + i64::from(millis)))
    }
}

/// Parses a duration such as `3h` or `1h 30m` into milliseconds; `None` if it is invalid or longer than ten years.
pub fn duration_millis(text: &str) -> Option<u64> {
    const TEN_YEARS: u64 = 3_653 * 24 * 60 * 60 * 1_000;
    let duration: jiff::SignedDuration = text.parse().ok()?;
    u64::try_from(duration.as_millis()).ok().filter(|millis| *millis <= TEN_YEARS)
}

/// Formats a duration, to the millisecond.
pub fn duration_text(duration: Duration) -> String {
    let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    format!("{:#}", jiff::SignedDuration::from_millis(millis))
}

impl FromStr for Timestamp {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text).ok_or_else(|| {
            let message = format!("{} is not an RFC 3339 time such as \"2026-12-01T09:00:00Z\"", quoted(text));
            Error::new(ErrorKind::Invalid, message)
        })
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Ignores the flags of `f`: a precision would change the text.
        write!(f, "{}", self.to_jiff())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jiff_can_write_every_timestamp_and_none_later() {
        let last = Timestamp::from_millis(i64::MAX);
        assert_eq!(last.0, jiff::Timestamp::MAX.as_second() * 1000);
        let first = Timestamp::from_millis(i64::MIN);
        assert!(jiff::Timestamp::from_millisecond(first.0).is_ok());
        assert_eq!((first.date(), last.date()), ("0000-01-01".to_owned(), "9999-12-30".to_owned()));
    }

    #[test]
    fn a_time_outside_of_the_range_is_clamped() {
        let parse = |text| Timestamp::parse(text).unwrap();
        assert_eq!(parse("0000-01-01T00:00:00+00:01"), Timestamp::from_millis(Timestamp::FIRST));
        assert_eq!(parse("9999-12-31T23:59:60-23:59"), Timestamp::from_millis(Timestamp::LAST));
        // Without its offset, this time would be outside of the range.
        assert_eq!(parse("9999-12-30T22:30:00+01:00").as_millis(), Timestamp::LAST - 30 * 60 * 1000);
        for beyond in ["-001-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "+010000-01-01T00:00:00Z"] {
            assert_eq!(Timestamp::parse(beyond), None);
        }
    }
}
