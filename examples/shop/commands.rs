//! The commands that visitors of the shop are invited to try.

use std::borrow::Cow;

/// A command for the terminal, and what for.
pub(crate) struct Command {
    pub(crate) purpose: &'static str,
    pub(crate) line: String,
}

/// The story: an outage and its end, a canary, an attack.
const STORY: [(&str, &str); 4] = [
    (
        "Acme is down in Canada: premium takes over",
        r#"rule add PaymentProcessor "Acme outage in Canada" --when 'Country = CA' --use premium --author you"#,
    ),
    ("Acme is back: everything as it was", "rollback PaymentProcessor --to 0 --author you"),
    (
        "5 % of the users in the US try aperture",
        r#"rule add PaymentProcessor "US canary" --when 'Country = US' --by UserId --rollout aperture=5,acme=95 --author you"#,
    ),
    ("The shop is under attack: images are no longer processed", "pin ImageProcessing disabled --author you"),
];

/// The story as commands on a store.
pub(crate) fn to_try(store: &str) -> impl Iterator<Item = Command> {
    let program = format!("cargo run -q -p feats-cli -- --store {}", quoted(store));
    STORY.into_iter().map(move |(purpose, line)| Command { purpose, line: format!("{program} {line}") })
}

/// A word as a POSIX shell reads it.
fn quoted(word: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_alphanumeric() || "/.:_-+".contains(c);
    if word.chars().all(plain) { word.into() } else { format!("'{}'", word.replace('\'', r"'\''")).into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_store_is_one_word_of_the_shell() {
        assert_eq!(quoted("sqlite:target/shop.db"), "sqlite:target/shop.db");
        assert_eq!(quoted("sqlite:it's here.db"), r"'sqlite:it'\''s here.db'");
    }
}
