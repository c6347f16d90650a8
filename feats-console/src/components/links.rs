//! Links: to a feature, to a page with parameters, and between the pages of a long list.

use feats::{Dynamic, FeatureHandle};
use maud::{Markup, html};

use crate::flag;

/// The number of rows on a page.
pub(crate) const ROWS_PER_PAGE: usize = 50;

/// The current page of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pager {
    /// The page number, from 1.
    page: usize,
    total: usize,
}

impl Pager {
    /// Creates a pager at `page`, or at the last page if there is no such page.
    pub(crate) fn new(page: Option<usize>, total: usize) -> Self {
        Self { page: page.unwrap_or(1).clamp(1, total.div_ceil(ROWS_PER_PAGE).max(1)), total }
    }

    /// Returns the rows of the page.
    pub(crate) fn rows<'a, T>(&self, all: &'a [T]) -> &'a [T] {
        let from = (self.page - 1) * ROWS_PER_PAGE;
        all.get(from..(from + ROWS_PER_PAGE).min(all.len())).unwrap_or_default()
    }

    /// Renders the position and links to the neighboring pages, or nothing for a single page.
    pub(crate) fn links(&self, path: &str, parameters: &[(&str, &str)]) -> Markup {
        let last = self.total.div_ceil(ROWS_PER_PAGE);
        let from = (self.page - 1) * ROWS_PER_PAGE + 1;
        let link = |page: usize, text: &str, rel: &str| {
            let page = page.to_string();
            let parameters: Vec<_> = parameters.iter().copied().chain([("page", page.as_str())]).collect();
            html! { a.btn rel=(rel) href=(address(path, &parameters)) { (text) } }
        };
        html! {
            @if last > 1 {
                nav.pages aria-label="Pages" {
                    span { @if self.page > 1 { (link(self.page - 1, "Previous", "prev")) } }
                    span.quiet.num { (from) "–" ((from + ROWS_PER_PAGE - 1).min(self.total)) " of " (self.total) }
                    span { @if self.page < last { (link(self.page + 1, "Next", "next")) } }
                }
            }
        }
    }
}

/// Renders a link to a feature's page.
pub(crate) fn feature_link(name: &str) -> Markup {
    html! { a.name href=(address("feature", &[("name", name)])) { (name) } }
}

/// Renders the name of a feature, with a link to its page unless it is a flag that was destroyed.
pub(crate) fn feature_name(feature: &FeatureHandle<Dynamic>) -> Markup {
    match flag::is_destroyed(feature) {
        true => html! { b { (feature.name()) } },
        false => feature_link(feature.name()),
    }
}

/// Builds the address of a page with its parameters. It is relative, so that it works wherever the console is mounted.
pub(crate) fn address(page: &str, parameters: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::for_suffix(format!("{page}?"), page.len() + 1);
    query.extend_pairs(parameters);
    query.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_shows_its_rows_and_a_page_beyond_the_last_shows_the_last() {
        let all: Vec<usize> = (0..120).collect();
        let shown = |page| Pager::new(page, all.len()).rows(&all).to_vec();
        assert_eq!(shown(None), (0..50).collect::<Vec<_>>());
        assert_eq!(shown(Some(3)), (100..120).collect::<Vec<_>>());
        assert_eq!(shown(Some(usize::MAX)), shown(Some(3)));
        assert_eq!(shown(Some(0)), shown(Some(1)));
        assert_eq!(Pager::new(Some(7), 0).rows::<u8>(&[]).len(), 0);
    }
}
