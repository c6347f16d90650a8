//! Files with flags: one flag, a list of flags, or one flag in each line.

use feats::Error;
use feats::text::without_bom;
use serde_json::value::RawValue;

use super::found::{Found, MAX_FLAG_BYTES};
use crate::document::read_text;
use crate::failure::Result;

/// The maximum size of a file, in bytes.
const MAX_FILE_BYTES: u64 = 1 << 30;

/// Reads a file, or standard input for `-`.
pub(super) fn read(path: &str) -> Result<Vec<Found>> {
    let with_path = |error: Error| if path == "-" { error } else { error.with_path(path) };
    let text = read_text(path, MAX_FILE_BYTES).map_err(with_path)?;
    Ok(flags(path, without_bom(&text)))
}

/// Returns the flags in a text.
fn flags(path: &str, text: &str) -> Vec<Found> {
    let found = |place: String, text: &str| Found {
        place,
        name: None,
        text: match text.len() {
            ..=MAX_FLAG_BYTES => Ok(text.to_owned()),
            length => Err(format!("the flag has {length} bytes; at most {MAX_FLAG_BYTES} are read")),
        },
    };
    if let Ok(list) = serde_json::from_str::<Vec<&RawValue>>(text) {
        let place = |index| format!("{path}[{index}]");
        return list.iter().enumerate().map(|(index, flag)| found(place(index), flag.get())).collect();
    }
    let lines = || text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let is_json = |text: &str| serde_json::from_str::<&RawValue>(text).is_ok();
    // A single flag may have several lines. So may one that is not valid JSON: then its first line is not JSON either.
    if is_json(text) || !lines().any(|(_, line)| is_json(line)) {
        return lines().next().map(|_| found(path.to_owned(), text.trim())).into_iter().collect();
    }
    lines().map(|(index, line)| found(format!("{path}:{}", index + 1), line.trim())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(String, String)> {
        flags("f", text).into_iter().map(|found| (found.place, found.text.expect("a text"))).collect()
    }

    #[test]
    fn a_file_has_one_flag_or_a_list_or_lines() {
        let pair = |place: &str, text: &str| (place.to_owned(), text.to_owned());
        assert_eq!(found("{\"a\":\n1}\n"), [pair("f", "{\"a\":\n1}")]);
        assert_eq!(found("[{\"a\": 1},\n {}]"), [pair("f[0]", "{\"a\": 1}"), pair("f[1]", "{}")]);
        assert_eq!(found("{\"a\": 1}\r\n\n{}\n"), [pair("f:1", "{\"a\": 1}"), pair("f:3", "{}")]);
        assert_eq!(found("\n \n"), []);
        assert_eq!(found("[]"), []);
    }

    #[test]
    fn a_line_that_is_not_json_does_not_hide_the_others() {
        let places: Vec<_> = found("{\n{}\nNaN\n{}").into_iter().map(|(place, _)| place).collect();
        assert_eq!(places, ["f:1", "f:2", "f:3", "f:4"]);
        assert_eq!(found("{\n \"a\": NaN\n").len(), 1);
    }
}
