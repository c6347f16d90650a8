//! Links within the console.

use maud::{Markup, html};

/// A link to a feature's page.
pub(crate) fn feature_link(name: &str) -> Markup {
    html! { a.name href=(address("feature", &[("name", name)])) { (name) } }
}

/// The address of a page with its parameters: relative, so that it works wherever the console is mounted.
pub(crate) fn address(page: &str, parameters: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::for_suffix(format!("{page}?"), page.len() + 1);
    query.extend_pairs(parameters);
    query.finish()
}
