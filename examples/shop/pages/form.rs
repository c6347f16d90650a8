//! The form that selects the visitor.

use maud::{Markup, html};

use crate::visitors::{COUNTRIES, Subdivision, User};

/// Links to sample visitors.
const SAMPLE_VISITORS: [(&str, &str); 4] = [
    ("?id=1&country=US&subdivision=US-WA", "Washington"),
    ("?id=2&country=US&subdivision=US-NY", "New York"),
    ("?id=71&country=CA&subdivision=CA-BC", "British Columbia"),
    ("?id=91&country=GB", "United Kingdom"),
];

/// Renders a form that reloads the page for another visitor.
pub(super) fn visitor(user: &User) -> Markup {
    html! {
        form.stack method="get" {
            label { "Country"
                select name="country" {
                    @for (code, name) in COUNTRIES { (option(code, name, &user.country)) }
                }
            }
            label { "Subdivision"
                select name="subdivision" {
                    (option("", "unknown", user.known_subdivision().unwrap_or_default()))
                    @for code in Subdivision::OPTIONS {
                        (option(code, code, user.known_subdivision().unwrap_or_default()))
                    }
                }
            }
            label { "User ID" input type="number" name="id" min="0" value=(user.id); }
            button { "Visit" }
        }
        p.samples { @for (query, name) in SAMPLE_VISITORS { a href=(query) { (name) } } }
    }
}

/// Renders the visitor as hidden fields of another form.
pub(super) fn hidden(user: &User) -> Markup {
    let id = user.id.to_string();
    html! {
        @for (name, value) in [("id", &id), ("country", &user.country), ("subdivision", &user.subdivision)] {
            input type="hidden" name=(name) value=(value);
        }
    }
}

fn option(value: &str, text: &str, chosen: &str) -> Markup {
    html! { option value=(value) selected[value == chosen] { (text) } }
}
