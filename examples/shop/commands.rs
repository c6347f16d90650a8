//! The changes that the shop suggests: commands for the terminal, and the same steps in the console.

use std::borrow::Cow;

/// A suggested change: its purpose, the command, and the same steps in the console.
pub(crate) struct Command {
    pub(crate) purpose: &'static str,
    pub(crate) line: String,
    pub(crate) clicks: &'static str,
    /// The page on which the steps start.
    pub(crate) page: &'static str,
}

/// A suggested change, without the store.
struct Suggestion {
    purpose: &'static str,
    line: &'static str,
    clicks: &'static str,
    page: &'static str,
}

/// An outage and its end, a canary, and an attack.
const SUGGESTIONS: [Suggestion; 4] = [
    Suggestion {
        purpose: "Acme is down in Canada: premium takes over",
        line: r#"rule add PaymentProcessor "Acme outage in Canada" --when 'Country = CA' --use premium --author you"#,
        clicks: "Add a rule; add a condition: Country is one of CA; implementation: premium; Publish",
        page: "/feats/feature?name=PaymentProcessor",
    },
    Suggestion {
        purpose: "Acme is back: undo the change",
        line: "rollback PaymentProcessor --to 0 --author you",
        clicks: "Roll back to this… beside 0; Undo everything",
        page: "/feats/history?name=PaymentProcessor",
    },
    Suggestion {
        purpose: "5% of the users in the US get aperture",
        line: r#"rule add PaymentProcessor "US canary" --when 'Country = US' --by UserId --rollout aperture=5,acme=95 --author you"#,
        clicks: "Add a rule; add a condition: Country is one of US; a rollout: aperture 5; Publish",
        page: "/feats/feature?name=PaymentProcessor",
    },
    Suggestion {
        purpose: "The shop is under attack: turn off image processing",
        line: "pin ImageProcessing disabled --author you",
        clicks: "Kill switch: disabled; Pin everyone…; Pin everyone to disabled",
        page: "/feats/feature?name=ImageProcessing",
    },
];

/// Returns the suggested changes for a store.
pub(crate) fn suggestions(store: &str) -> impl Iterator<Item = Command> {
    let program = format!("cargo run -q -p feats-cli -- --store {}", quoted(store));
    SUGGESTIONS.into_iter().map(move |Suggestion { purpose, line, clicks, page }| Command {
        purpose,
        line: format!("{program} {line}"),
        clicks,
        page,
    })
}

/// Quotes a word for a POSIX shell.
fn quoted(word: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_alphanumeric() || "/.:_-+".contains(c);
    if word.chars().all(plain) { word.into() } else { format!("'{}'", word.replace('\'', r"'\''")).into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_store_is_quoted_as_one_word() {
        assert_eq!(quoted("sqlite:target/shop.db"), "sqlite:target/shop.db");
        assert_eq!(quoted("sqlite:it's here.db"), r"'sqlite:it'\''s here.db'");
    }
}
