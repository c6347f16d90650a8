//! Links of Markdown documents, and the anchors that they lead to.

use super::fences::Fence;

/// The documentation of `feats-core`, which is the specification of the formats.
const CORE: &str = "https://docs.rs/feats-core/latest/feats_core/";

/// The target of a link.
#[derive(Debug, PartialEq)]
pub(super) struct Link<'a> {
    /// The path or address before the `#`; empty for an anchor of the same document.
    pub(super) path: &'a str,
    /// The name behind the `#`.
    pub(super) anchor: Option<&'a str>,
}

/// The links and images of one line, and the target of a reference such as `[name]: https://example.com`.
pub(super) fn links(line: &str) -> impl Iterator<Item = Link<'_>> {
    let reference = line.strip_prefix('[').and_then(|rest| rest.split_once("]: ")).map(|(_, target)| target.trim());
    let targets = line.split("](").skip(1).filter_map(|rest| rest.split(')').next()).chain(reference);
    let links = targets.map(|target| match target.split_once('#') {
        Some((path, anchor)) => Link { path, anchor: Some(anchor) },
        None => Link { path: target, anchor: None },
    });
    links.filter(|link| *link != Link { path: "", anchor: None } && !link.path.starts_with("mailto:"))
}

impl Link<'_> {
    pub(super) fn is_external(&self) -> bool {
        self.path.contains("://")
    }

    /// The reason why an external link cannot be right, if it cannot. Nothing is fetched.
    pub(super) fn external_problem(&self) -> Option<String> {
        let host = self.path.strip_prefix("https://").and_then(|rest| rest.split('/').next());
        let is_host =
            |host: &str| host.contains('.') && host.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '-');
        let is_right = !self.is_external() || host.is_some_and(is_host) && !self.path.contains(char::is_whitespace);
        (!is_right).then(|| format!("`{}` is not an https address", self.path))
    }

    /// The module of `feats-core` whose page this is, with `/` between the parts; empty for the crate itself.
    pub(super) fn module_of_core(&self) -> Option<&str> {
        let module = self.path.strip_prefix(CORE)?.strip_suffix("index.html")?;
        Some(module.trim_end_matches('/'))
    }
}

/// The anchors of a document: one for each heading, as GitHub, mdBook and rustdoc name them. In Rust, the headings of the `//!`
/// comments count.
pub(super) fn anchors(path: &str, text: &str) -> Vec<String> {
    let documentation;
    let text = if path.ends_with(".rs") {
        let lines = text.lines().filter_map(|line| line.strip_prefix("//!"));
        documentation = lines.map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line))).collect::<String>();
        &documentation
    } else {
        text
    };
    let (_, prose) = Fence::read(text);
    let headings = prose.into_iter().filter_map(|(_, line)| {
        let rest = line.trim_start_matches('#');
        (rest.len() < line.len()).then(|| rest.strip_prefix(' ')).flatten()
    });
    let mut anchors: Vec<String> = Vec::new();
    for anchor in headings.map(anchor) {
        let repeated = anchors.iter().filter(|known| **known == anchor).count();
        anchors.push(if repeated == 0 { anchor } else { format!("{anchor}-{repeated}") });
    }
    anchors
}

fn anchor(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_split_at_its_anchor() {
        let found: Vec<_> = links("[a](b.md#c), ![d](e.svg), [f](mailto:g@h.org), [i](#j)").collect();
        let expected = [("b.md", Some("c")), ("e.svg", None), ("", Some("j"))];
        assert_eq!(found, expected.map(|(path, anchor)| Link { path, anchor }));
    }

    #[test]
    fn a_reference_is_a_link() {
        let found: Vec<_> = links("[a]: https://example.com/b").collect();
        assert_eq!(found, [Link { path: "https://example.com/b", anchor: None }]);
        assert_eq!(links("A [b]: c").count(), 0);
    }

    #[test]
    fn an_external_address_is_https_and_has_a_host() {
        let is_right = |path| Link { path, anchor: None }.external_problem().is_none();
        assert!(is_right("https://docs.rs/feats") && is_right("a.md"));
        assert!(!is_right("http://docs.rs") && !is_right("https://docs/feats") && !is_right("https://docs.rs/a b"));
    }

    #[test]
    fn anchors_are_named_as_on_github() {
        let text =
            "# Slots, and *allocations*\n```text\n# no heading\n```\n## `feats status`\n## Undo\n## Undo\n#hashtag\n";
        assert_eq!(anchors("a.md", text), ["slots-and-allocations", "feats-status", "undo", "undo-1"]);
        assert_eq!(anchors("a.rs", "//! # The JSON of a state\n/// # Errors\n"), ["the-json-of-a-state"]);
    }
}
