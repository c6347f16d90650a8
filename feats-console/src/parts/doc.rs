//! Documentation, where there is room for little of it.

/// The first sentence of a documentation, on one line.
pub(crate) fn first_sentence(doc: &str) -> String {
    let paragraph = doc.trim().lines().map(str::trim).take_while(|line| !line.is_empty());
    let paragraph = paragraph.collect::<Vec<_>>().join(" ");
    let ends = paragraph.match_indices(['.', '!', '?']).map(|(at, mark)| at + mark.len());
    let end = ends.into_iter().find(|end| paragraph.get(*end..).is_some_and(|rest| rest.starts_with(' ')));
    match end {
        Some(end) => paragraph.get(..end).unwrap_or_default().to_owned(),
        None => paragraph,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sentence_ends_at_its_mark_or_with_its_paragraph() {
        assert_eq!(first_sentence(" Who charges\n the card. Ask Ada.\n\nMore."), "Who charges the card.");
        assert_eq!(first_sentence("As in ISO 3166.1 codes\n\nMore."), "As in ISO 3166.1 codes");
        assert_eq!(first_sentence(""), "");
    }
}
