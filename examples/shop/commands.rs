//! What visitors of the shop are invited to try: as commands for the terminal, and as clicks in the console.

use std::borrow::Cow;

/// A command for the terminal, the same as clicks in the console, and what for.
pub(crate) struct Command {
    pub(crate) purpose: &'static str,
    pub(crate) line: String,
    pub(crate) clicks: &'static str,
    /// Where the clicks begin, within the shop.
    pub(crate) page: &'static str,
}

/// One chapter of the story.
struct Chapter {
    purpose: &'static str,
    line: &'static str,
    clicks: &'static str,
    page: &'static str,
}

/// The story: an outage and its end, a canary, an attack.
const STORY: [Chapter; 4] = [
    Chapter {
        purpose: "Acme is down in Canada: premium takes over",
        line: r#"rule add PaymentProcessor "Acme outage in Canada" --when 'Country = CA' --use premium --author you"#,
        clicks: "Add a rule; add a condition: Country is one of CA; implementation: premium; Publish",
        page: "/feats/feature?name=PaymentProcessor",
    },
    Chapter {
        purpose: "Acme is back: everything as it was",
        line: "rollback PaymentProcessor --to 0 --author you",
        clicks: "Roll back to this… beside 0; Undo everything",
        page: "/feats/history?name=PaymentProcessor",
    },
    Chapter {
        purpose: "5 % of the users in the US try aperture",
        line: r#"rule add PaymentProcessor "US canary" --when 'Country = US' --by UserId --rollout aperture=5,acme=95 --author you"#,
        clicks: "Add a rule; add a condition: Country is one of US; a rollout: aperture 5; Publish",
        page: "/feats/feature?name=PaymentProcessor",
    },
    Chapter {
        purpose: "The shop is under attack: images are no longer processed",
        line: "pin ImageProcessing disabled --author you",
        clicks: "Kill switch: disabled; Pin everyone…; Pin everyone to disabled",
        page: "/feats/feature?name=ImageProcessing",
    },
];

/// The story on a store.
pub(crate) fn to_try(store: &str) -> impl Iterator<Item = Command> {
    let program = format!("cargo run -q -p feats-cli -- --store {}", quoted(store));
    STORY.into_iter().map(move |Chapter { purpose, line, clicks, page }| Command {
        purpose,
        line: format!("{program} {line}"),
        clicks,
        page,
    })
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
