//! Percent-encoding.

use percent_encoding::percent_decode_str;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::parsed::Parsed;

/// Decodes a part of a URL.
///
/// # Errors
/// A `%` without two hexadecimal digits, bytes that are not UTF-8, or a NUL character.
pub fn percent_decode(text: &str) -> Parsed<String> {
    let is_escape = |rest: &str| rest.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
    if !text.split('%').skip(1).all(is_escape) {
        return Err("a % has no two hexadecimal digits after it; write %25 for %".into());
    }
    let decoded = percent_decode_str(text).decode_utf8().map_err(|_| "a percent-encoded part is not UTF-8")?;
    if decoded.contains('\0') { Err("it contains a NUL character".into()) } else { Ok(decoded.into_owned()) }
}

/// Encodes the value of an option, or a segment of a path.
pub fn percent_encode(value: &str) -> impl std::fmt::Display {
    const RESERVED: &AsciiSet = &CONTROLS.add(b'%').add(b'&').add(b'#').add(b'@').add(b'?').add(b' ');
    utf8_percent_encode(value, RESERVED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_percent_sign_starts_an_escape() {
        assert_eq!(percent_decode("a%40b%2F%C3%A4").as_deref(), Ok("a@b/ä"));
        for text in ["%", "a%", "a%4", "%zz", "%4g", "%%40", "50%ä"] {
            assert!(percent_decode(text).expect_err(text).contains("write %25 for %"));
        }
        for (text, why) in [("%ff", "not UTF-8"), ("a%00", "NUL")] {
            assert!(percent_decode(text).expect_err(text).contains(why));
        }
    }
}
