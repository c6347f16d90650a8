//! The frame of every document, and the page that has nothing else around it.

use maud::{DOCTYPE, Markup, html};

use super::assets::{HTMX, SCRIPT, STYLE};
use super::components::patterns;

/// No style that htmx would add, nothing that it would evaluate, nothing from elsewhere; and a page that tells of a mistake
/// is shown like any other.
const HTMX_SETTINGS: &str = r#"{"includeIndicatorStyles":false,"allowEval":false,"allowScriptTags":false,"selfRequestsOnly":true,"historyCacheSize":0,"responseHandling":[{"code":"204","swap":false},{"code":"...","swap":true}]}"#;

/// A page about a failure: it knows neither who asks nor what runs.
pub(super) fn bare(title: &str, content: Markup) -> Markup {
    let body = html! {
        header.bar { a.mark href="features" { "feats" } }
        main #main {
            div.head { div { h1 { (title) } } }
            section.card { div.in { (content) p { a href="features" { "To the features" } } } }
        }
    };
    document(title, body)
}

/// A document with the files that every page needs.
pub(super) fn document(title: &str, body: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="htmx-config" content=(HTMX_SETTINGS);
                title { (title) }
                link rel="icon" href="data:,";
                link rel="stylesheet" href=(STYLE.file());
                script src=(HTMX.file()) defer {}
                script src=(SCRIPT.file()) defer {}
            }
            body { (patterns()) (body) }
        }
    }
}
