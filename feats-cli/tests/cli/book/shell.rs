//! The subset of shell syntax that the pages use.

/// Splits a command line at spaces like a POSIX shell, with quotes. Stops at `|`, `&`, `;`, `>` and comments; the second value is
/// `true` if it stopped at one of them.
pub fn words(line: &str) -> (Vec<String>, bool) {
    let (mut words, mut word, mut characters) = (Vec::new(), None::<String>, line.chars().peekable());
    while let Some(character) = characters.next() {
        match character {
            ' ' => words.extend(word.take()),
            '#' if word.is_none() => return (words, true),
            '|' | '&' | ';' | '>' => {
                words.extend(word.take());
                return (words, true);
            }
            quote @ ('\'' | '"') => {
                let word = word.get_or_insert_default();
                while let Some(inner) = characters.next_if(|next| *next != quote) {
                    word.push(inner);
                }
                characters.next();
            }
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    (words, false)
}

#[test]
fn quotes_keep_spaces_and_operators_end_a_command() {
    let of = |line| words(line);
    let expected = ["feats", "rule", "add", "F", "US canary", "Country = \"US\""].map(str::to_owned).to_vec();
    assert_eq!(of(r#"feats rule add F "US canary"  'Country = "US"'"#), (expected, false));
    assert_eq!(of("feats stale || echo clean").0, ["feats", "stale"]);
    assert_eq!(of("feats list  # all of them"), (vec!["feats".to_owned(), "list".to_owned()], true));
    assert_eq!(of("a ''"), (vec!["a".to_owned(), String::new()], false));
}
