//! The fields of a gate: what is served where its conditions are met or violated, and the meaning of a missing attribute.

use feats::model::MissingAttribute;
use maud::{Markup, html};

use super::view::FeatureView;
use crate::components::hidden;
use crate::draft::form::GateForm;

pub(super) fn fields(view: &FeatureView<'_>, gate: &GateForm) -> Markup {
    html! {
        (hidden("r.kind", "gate"))
        fieldset {
            legend { "If an attribute is not set" }
            div.kinds {
                (choice(gate, MissingAttribute::Skip, "Skip its conditions", "If none is left, the next rule is tried."))
                (choice(gate, MissingAttribute::Fail, "Its conditions are violated", ""))
            }
        }
        div.row {
            label.f { "If all are met, serve"
                select #r-pass name="r.pass" {
                    (options(view, &gate.pass))
                    option value="" selected[gate.pass.is_empty()] { "– (continue with the next rule)" }
                }
            }
            label.f { "If one is violated, serve"
                select #r-fail name="r.fail" { (options(view, &gate.fail)) }
            }
        }
    }
}

fn choice(gate: &GateForm, missing: MissingAttribute, name: &str, about: &str) -> Markup {
    html! {
        label.check {
            input type="radio" name="r.missing" value=(missing.as_str()) checked[gate.missing == missing];
            b { (name) } span.quiet { " " (about) }
        }
    }
}

fn options(view: &FeatureView<'_>, chosen: &str) -> Markup {
    let declaration = view.declaration();
    html! {
        @for name in declaration.names() { option value=(name) selected[name == chosen] { (name) } }
        @if !chosen.is_empty() && declaration.position(chosen).is_none() {
            option value=(chosen) selected { (chosen) " (unknown)" }
        }
    }
}
