//! Removal of passwords from messages. A mistyped address of a store can occur anywhere in the command line, and therefore
//! in any message.

use std::borrow::Cow;
use std::env;

use crate::location::STORE_VARIABLE;

/// The placeholder for removed text.
const CONCEALED: &str = "…";

/// Removes the user and password of any address from a message, and words of the command line that are mistyped addresses.
pub(crate) fn conceal(message: &str) -> String {
    let typed = env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned());
    conceal_words(message, typed.chain(env::var(STORE_VARIABLE).ok()))
}

fn conceal_words(message: &str, typed: impl Iterator<Item = String>) -> String {
    let mut message = message.to_owned();
    for typed in typed {
        let value = typed.split_once('=').filter(|(option, _)| option.starts_with('-')).map(|(_, value)| value);
        for word in [typed.as_str()].into_iter().chain(value) {
            let word =
                word.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '“' | '”' | '‘' | '’'));
            if has_login(word) {
                message = message.replace(word, CONCEALED);
                // A password may contain spaces, at which a message may split it.
                let pieces = word.split_whitespace().filter(|piece| *piece != word && piece.contains([':', '@']));
                message = pieces.fold(message, |message, piece| message.replace(piece, CONCEALED));
            }
        }
    }
    // The remaining words are those that the message quotes in another form, or in part.
    let mut concealed = String::with_capacity(message.len());
    for word in message.split_inclusive(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '\\')) {
        concealed.push_str(&without_login(word));
    }
    concealed
}

/// Returns `true` if a word may contain a user and a password: text with a colon before an `@`.
fn has_login(word: &str) -> bool {
    word.rsplit_once('@').is_some_and(|(login, _)| login.contains(':'))
}

fn without_login(word: &str) -> Cow<'_, str> {
    let Some((login, host)) = word.rsplit_once('@').filter(|_| has_login(word)) else { return Cow::Borrowed(word) };
    match login.split_once("://") {
        Some((before, _)) => Cow::Owned(format!("{before}://{CONCEALED}@{host}")),
        None => Cow::Owned(format!("{CONCEALED}@{host}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_message_repeats_a_password() {
        for typed in [
            "redis://admin:secret@h",
            "\"redis://admin:secret@h\"",
            "'redis://admin:secret@h'",
            "--store=redis://admin:secret@h",
            "--stor=redis//admin:secret@h",
            "redis:admin:secret@h",
            "admin:secret@h:6379",
            "redis://admin:my secret@h",
            "redis://admin:a@secret@h/2?prefix=x",
        ] {
            for message in [
                format!("error: unexpected argument '{typed}' found"),
                format!("no feature named {typed:?}"),
                format!("{{\"message\": {:?}}}", format!("no file {typed:?}")),
                typed.to_owned(),
            ] {
                let concealed = conceal_words(&message, [typed.to_owned()].into_iter());
                assert!(!concealed.contains("secret"), "{concealed}");
            }
        }
    }

    #[test]
    fn text_without_a_password_is_kept() {
        for message in [
            "store: redis://localhost:6379/2",
            "--set: \"Emial=ada@acme.test\" is no segment",
            "no feature named \"Pya\"; did you mean \"Pay\"?",
            "store: redis://…@h",
        ] {
            assert_eq!(conceal_words(message, ["--set".to_owned()].into_iter()), message);
        }
    }
}
