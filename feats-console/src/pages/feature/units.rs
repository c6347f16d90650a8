//! The units of a flag's rollout: attributes whose names are typed, all attributes, or a random draw.

use feats::model::limits::MAX_UNIT_SEGMENTS;
use maud::{Markup, html};

use super::controls::step;
use super::typed_check;
use super::view::FeatureView;
use crate::draft::form::{RuleForm, SelectorKind, UnitsKind};

pub(super) fn fields(view: &FeatureView<'_>, form: &RuleForm) -> Markup {
    let (kind, names) = UnitsKind::of_key(&form.selector.by);
    let kinds = UnitsKind::ALL.into_iter().filter(|option| {
        *option == kind || *option == UnitsKind::Attributes || form.selector.kind == SelectorKind::Rollout
    });
    html! {
        fieldset {
            legend { "Split by" }
            div.kinds {
                @for option in kinds {
                    label.check {
                        input type="radio" name="r.units" value=(option.as_str()) checked[option == kind];
                        b { (option.label()) } span.quiet { " " (about(option)) }
                    }
                    @if option == UnitsKind::Attributes { (attributes(view, &names)) }
                }
            }
        }
    }
}

/// Renders a field for each attribute, and an empty one.
fn attributes(view: &FeatureView<'_>, names: &[String]) -> Markup {
    let has_more = names.len() < MAX_UNIT_SEGMENTS;
    html! {
        div.row.units {
            @for (index, name) in names.iter().map(String::as_str).chain(has_more.then_some("")).enumerate() {
                @let id = id(index);
                input #(id) name="r.attribute" value=(name) list=(typed_check::NAMES) autocomplete="off" autocapitalize="none" spellcheck="false"
                    maxlength="200" placeholder="attribute" aria-label={ "Attribute " (index + 1) " to split by" } autofocus[view.focuses(&id)]
                    aria-describedby="wrong-r-attribute" data-operand;
            }
            @if has_more && !names.is_empty() { (step(view, "unit+", "unit-add", "Add an attribute", "btn small", "")) }
        }
    }
}

/// The id of a field. An error focuses the first one.
fn id(index: usize) -> String {
    if index == 0 { "r-attribute".to_owned() } else { format!("unit-{index}") }
}

fn about(kind: UnitsKind) -> &'static str {
    match kind {
        UnitsKind::Attributes => "Users keep their variant.",
        UnitsKind::All => "The same attributes have the same variant.",
        UnitsKind::Random => "Each request is split on its own.",
    }
}
