//! Links of Markdown documents, and the anchors that they lead to.

use super::fences::Fence;

/// The documentation of the crates on docs.rs, and the folders with the sources of their modules. `feats` re-exports modules of
/// `feats-core`.
const CRATES: [(&str, &[&str]); 2] = [
    ("https://docs.rs/feats-core/latest/feats_core/", &["feats-core/src/"]),
    ("https://docs.rs/feats/latest/feats/", &["feats/src/", "feats-core/src/"]),
];

/// Pages of docs.rs that are not modules, and the files with their text.
const ITEMS: &[(&str, &str)] = &[
    ("https://docs.rs/feats/latest/feats/store/struct.Consul.html", "feats/src/store/consul/consul.md"),
    ("https://docs.rs/feats/latest/feats/store/struct.MySql.html", "feats/src/store/sql/server/mysql.rs"),
    ("https://docs.rs/feats/latest/feats/store/struct.Postgres.html", "feats/src/store/sql/server/postgres.rs"),
    ("https://docs.rs/feats/latest/feats/store/struct.Redis.html", "feats/src/store/redis/redis.md"),
];

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

    /// The files that can have the text of this page of the crates' documentation; `None` if it is another page.
    pub(super) fn sources(&self) -> Option<Vec<String>> {
        let (rest, folders) =
            CRATES.iter().find_map(|(address, folders)| Some((self.path.strip_prefix(address)?, folders)))?;
        if let Some((_, file)) = ITEMS.iter().find(|(address, _)| *address == self.path) {
            return Some(vec![(*file).to_owned()]);
        }
        let module = rest.strip_suffix("index.html").unwrap_or(rest).trim_end_matches('/');
        let names = if module.is_empty() {
            ["lib.rs".to_owned(), String::new()]
        } else {
            [format!("{module}.rs"), format!("{module}/mod.rs")]
        };
        Some(folders.iter().flat_map(|folder| names.each_ref().map(|name| format!("{folder}{name}"))).collect())
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
