//! Text of a stranger beside text of the page.

use maud::{Markup, html};

/// Text whose direction ends with it, whatever characters it has. ASCII has no direction to end, and stays as it is.
pub(crate) fn isolated(text: &str) -> Markup {
    html! {
        @if text.is_ascii() { (text) } @else { bdi { (text) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_text_that_may_have_a_direction_is_isolated() {
        assert_eq!(isolated("<b>acme").into_string(), "&lt;b&gt;acme");
        assert_eq!(isolated("\u{202e}<b>").into_string(), "<bdi>\u{202e}&lt;b&gt;</bdi>");
        assert_eq!(isolated("שלום").into_string(), "<bdi>שלום</bdi>");
    }
}
