//! Instants: UTC, milliseconds, RFC 3339.

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Error, ErrorKind, quoted};

/// An instant in UTC with a resolution of one millisecond, written as [RFC 3339].
///
/// ```
/// let at: feats::Timestamp = "2026-12-01T09:00:00Z".parse()?;
/// assert_eq!(at.as_millis(), 1_796_115_600_000);
/// assert_eq!(at.to_string(), "2026-12-01T09:00:00Z");
/// # Ok::<(), feats::Error>(())
/// ```
///
/// [RFC 3339]: https://www.rfc-editor.org/rfc/rfc3339
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The instant so many milliseconds after 1970-01-01T00:00:00Z, clamped to the years 0 to 9999: what RFC 3339 can
    /// write.
    pub fn from_millis(millis: i64) -> Self {
        const FIRST: i64 = -62_167_219_200_000;
        let last = jiff::Timestamp::MAX.as_second() * 1000;
        Self(millis.clamp(FIRST, last))
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub fn as_millis(self) -> i64 {
        self.0
    }

    /// This instant and a duration later.
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        Self::from_millis(self.0.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// How long this instant is after an earlier one; zero if it is not after it.
    pub fn since(self, earlier: Timestamp) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        let millis = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self::from_millis(match time.duration_since(UNIX_EPOCH) {
            Ok(after) => millis(after),
            Err(before) => -millis(before.duration()),
        })
    }
}

impl Timestamp {
    /// Its day in UTC, as in `2026-12-01`.
    pub fn date(self) -> String {
        let mut date = self.to_string();
        date.truncate("2026-12-01".len());
        date
    }

    /// When a day begins in UTC; `None` if it is none.
    pub fn start_of(date: &str) -> Option<Self> {
        Self::read(&format!("{date}T00:00:00Z"))
    }

    /// Reads an RFC 3339 time without allocating; `None` if it is none. Leap seconds count as the second after.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let digits = |from: usize, to: usize| -> Option<i64> {
            bytes
                .get(from..to)?
                .iter()
                .try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + i64::from(byte - b'0')))
        };
        let is = |at: usize, allowed: &[u8]| bytes.get(at).is_some_and(|byte| allowed.contains(byte));
        let (year, month, day) = (digits(0, 4)?, digits(5, 7)?, digits(8, 10)?);
        let (hour, minute, second) = (digits(11, 13)?, digits(14, 16)?, digits(17, 19)?);
        let punctuated = is(4, b"-") && is(7, b"-") && is(10, b"Tt ") && is(13, b":") && is(16, b":");
        let in_day = hour < 24 && minute < 60 && second <= 60;
        if !punctuated || !in_day || !(1..=12).contains(&month) || !(1..=days_in(year, month)).contains(&day) {
            return None;
        }
        let (mut zone, mut millis) = (19, 0);
        if is(19, b".") {
            let length = bytes.get(20..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let read = length.min(3);
            millis = digits(20, 20 + read).filter(|_| length > 0)? * [1000, 100, 10, 1].get(read)?;
            zone = 20 + length;
        }
        let offset = match bytes.get(zone)? {
            b'Z' | b'z' if bytes.len() == zone + 1 => 0,
            sign @ (b'+' | b'-') if bytes.len() == zone + 6 && is(zone + 3, b":") => {
                let (hours, minutes) = (digits(zone + 1, zone + 3)?, digits(zone + 4, zone + 6)?);
                let offset = (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)?;
                if *sign == b'+' { offset } else { -offset }
            }
            _ => return None,
        };
        let minutes = (days_since_epoch(year, month, day) * 24 + hour) * 60 + minute - offset;
        Some(Self::from_millis((minutes * 60 + second) * 1000 + millis))
    }
}

/// A duration as text, such as `3h` or `1h 30m`, in milliseconds; `None` if it is none or beyond ten years.
pub fn duration_millis(text: &str) -> Option<u64> {
    const TEN_YEARS: u64 = 3_653 * 24 * 60 * 60 * 1_000;
    let duration: jiff::SignedDuration = text.parse().ok()?;
    u64::try_from(duration.as_millis()).ok().filter(|millis| *millis <= TEN_YEARS)
}

/// The text of a duration, to the millisecond.
pub fn duration_text(duration: Duration) -> String {
    let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    format!("{:#}", jiff::SignedDuration::from_millis(millis))
}

fn days_in(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar. The algorithm is Howard Hinnant's `days_from_civil`:
/// <https://howardhinnant.github.io/date_algorithms.html>.
fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

impl FromStr for Timestamp {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::read(text).ok_or_else(|| {
            let message = format!("{} is no time as in \"2026-12-01T09:00:00Z\"", quoted(text));
            Error::new(ErrorKind::Invalid, message)
        })
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(timestamp) => write!(f, "{timestamp}"),
            Err(_) => write!(f, "{} ms", self.0),
        }
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
