//! The HTML document, and the bare page for errors.

use maud::{DOCTYPE, Markup, html};

use super::assets::{HTMX, SCRIPT, STYLE};
use super::components::patterns;

/// Disables htmx's own styles, script evaluation and requests to other origins, and swaps in error responses like any others.
const HTMX_SETTINGS: &str = r#"{"includeIndicatorStyles":false,"allowEval":false,"allowScriptTags":false,"selfRequestsOnly":true,"historyCacheSize":0,"responseHandling":[{"code":"204","swap":false},{"code":"...","swap":true}]}"#;

/// Renders an error page, which depends neither on the user nor on the app.
pub(super) fn bare(title: &str, content: Markup) -> Markup {
    let body = html! {
        header.bar { a.mark href="features" { "feats" } }
        main #main {
            div.head { div { h1 { (title) } } }
            section.card { div.in { (content) p { a href="features" { "All features" } } } }
        }
    };
    document(title, body)
}

/// Renders a document with the files that every page needs.
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
