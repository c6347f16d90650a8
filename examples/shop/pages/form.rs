//! Choosing the visitor.

use maud::{Markup, html};

use crate::visitors::{COUNTRIES, Subdivision, User};

/// Visitors to try, for a click.
const SOMEONE: [(&str, &str); 4] = [
    ("?id=1&country=US&subdivision=US-WA", "Washington"),
    ("?id=2&country=US&subdivision=US-NY", "New York"),
    ("?id=71&country=CA&subdivision=CA-BC", "British Columbia"),
    ("?id=91&country=GB", "United Kingdom"),
];

/// A form that comes back to this page as another visitor.
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
                    (option("", "not known", user.known_subdivision().unwrap_or_default()))
                    @for code in Subdivision::OPTIONS {
                        (option(code, code, user.known_subdivision().unwrap_or_default()))
                    }
                }
            }
            label { "User id" input type="number" name="id" min="0" value=(user.id); }
            button { "Visit" }
        }
        p.someone { @for (query, name) in SOMEONE { a href=(query) { (name) } } }
    }
}

/// The visitor in the fields of another form.
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
