//! JSON as Python's `json.dumps` writes it, whose bytes other systems hash and store.

use std::fmt::{self, Write};

use arrayvec::ArrayString;

/// Writes text in quotes, with everything but printable ASCII escaped.
///
/// ```
/// let mut json = String::new();
/// feats_core::__private::python_json::write_text(&mut json, "é \"😀\"\n").unwrap();
/// assert_eq!(json, r#""\u00e9 \"\ud83d\ude00\"\n""#);
/// ```
///
/// # Errors
/// Those of `output`.
pub fn write_text(output: &mut impl Write, text: &str) -> fmt::Result {
    output.write_char('"')?;
    let mut rest = text;
    while let Some(position) = rest.find(|char: char| !matches!(char, ' '..='~') || matches!(char, '"' | '\\')) {
        let (plain, tail) = rest.split_at(position);
        output.write_str(plain)?;
        let mut chars = tail.chars();
        match chars.next() {
            Some('"') => output.write_str("\\\"")?,
            Some('\\') => output.write_str("\\\\")?,
            Some('\n') => output.write_str("\\n")?,
            Some('\r') => output.write_str("\\r")?,
            Some('\t') => output.write_str("\\t")?,
            Some('\u{8}') => output.write_str("\\b")?,
            Some('\u{c}') => output.write_str("\\f")?,
            Some(char) => {
                char.encode_utf16(&mut [0; 2]).iter().try_for_each(|unit| write!(output, "\\u{unit:04x}"))?;
            }
            None => {}
        }
        rest = chars.as_str();
    }
    output.write_str(rest)?;
    output.write_char('"')
}

/// The digits of a float, a point, a sign and an exponent, and a few more.
const MAX_FLOAT_BYTES: usize = 32;

/// Writes a float as Python's `repr` does: the shortest digits that are read back as the same number, with an exponent below 10⁻⁴
/// and from 10¹⁶.
///
/// ```
/// let text = |float: f64| {
///     let mut json = String::new();
///     feats_core::__private::python_json::write_float(&mut json, float).unwrap();
///     json
/// };
/// assert_eq!([0.1, 1.0, 1e15, 1e16, 1.5e-5, 1e-4, -0.0].map(text), ["0.1", "1.0", "1000000000000000.0", "1e+16", "1.5e-05", "0.0001", "-0.0"]);
/// assert_eq!(text(2_f64.powi(50) + 0.25), "1125899906842624.2", "the even one of two equally near numbers");
/// ```
///
/// # Errors
/// Those of `output`.
pub fn write_float(output: &mut impl Write, float: f64) -> fmt::Result {
    if float.is_nan() {
        return output.write_str("NaN");
    }
    if float.is_infinite() {
        return output.write_str(if float > 0.0 { "Infinity" } else { "-Infinity" });
    }
    let mut scientific = ArrayString::<MAX_FLOAT_BYTES>::new();
    write!(scientific, "{float:e}")?;
    let decimals =
        scientific.find('e').zip(scientific.find('.')).map_or(0, |(end, point)| end.saturating_sub(point + 1));
    // Of two equally near numbers with these digits, Rust writes the greater one; Python, like rounding, the even one.
    let mut rounded = ArrayString::<MAX_FLOAT_BYTES>::new();
    write!(rounded, "{float:.decimals$e}")?;
    if rounded.parse() == Ok(float) {
        scientific = rounded;
    }
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    match exponent.parse::<isize>() {
        // Rust writes a fraction only where there is one.
        Ok(-4..=15) if float.fract() == 0.0 => write!(output, "{float}.0"),
        Ok(exponent @ -4..=15) => {
            write!(output, "{float:.decimals$}", decimals = decimals.saturating_add_signed(-exponent))
        }
        Ok(exponent) => write!(output, "{mantissa}e{exponent:+03}"),
        Err(_) => Err(fmt::Error),
    }
}
