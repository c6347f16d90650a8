//! Documentation: doc comments in the source become part of the entry.

use feats::Feature;

/// The processor that charges the card.
///
/// Code is kept as it is:
///
/// ```text
///     indented
/// ```
#[feats::feature]
trait Documented {
    /// 2% + $0.30 "a transaction"
    #[default]
    fn acme() -> u8 {
        1
    }
    #[doc = concat!("4% + $0.", "50")]
    #[doc = "second line"]
    fn premium() -> u8 {
        2
    }
    fn bare() -> u8 {
        3
    }
    #[doc(hidden)]
    fn hidden() -> u8 {
        5
    }
}

#[test]
fn documentation_is_in_the_entry() {
    let entry = Documented::entry();
    assert_eq!(
        entry.doc,
        "The processor that charges the card.\n\nCode is kept as it is:\n\n```text\n    indented\n```"
    );
    let docs: Vec<&str> = entry.implementations.iter().map(|implementation| implementation.doc.trim()).collect();
    assert_eq!(docs, ["2% + $0.30 \"a transaction\"", "4% + $0.50\nsecond line", "", ""]);
}
