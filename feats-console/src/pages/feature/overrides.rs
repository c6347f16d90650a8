//! The card of overrides: units that get a certain implementation before any rule.

use feats::describe;
use maud::{Markup, html};

use super::controls::step;
use super::typed_check;
use super::view::FeatureView;
use crate::components::{grouped, rich_text};
use crate::draft::form::{ValueType, source};

/// The most overrides that are shown; the others are counted.
const MAX_ROWS: usize = 100;

pub(super) fn card(view: &FeatureView<'_>, may_edit: bool) -> Markup {
    let declaration = view.declaration();
    let overrides = &view.draft.state.overrides;
    let has_segments = declaration.flag || !declaration.segments.is_empty();
    html! {
        @if !overrides.is_empty() || (may_edit && has_segments) {
            section.card aria-labelledby="overrides" {
                header { h2 #overrides { "Overrides" } span.quiet { "before any rule" } }
                @if overrides.is_empty() { p.in.quiet { "None." } }
                @else {
                    ul.facts.in {
                        @for (index, entry) in overrides.iter().take(MAX_ROWS).enumerate() {
                            li.row.between.changed[!view.live.overrides.contains(entry)] {
                                span { (rich_text(declaration, &describe::unit_override(entry))) }
                                @if may_edit {
                                    (step(view, &format!("override-:{index}"), &format!("override-{index}"), "Remove", "btn ghost small", &format!("Remove override {}", index + 1)))
                                }
                            }
                        }
                        @if overrides.len() > MAX_ROWS { li.quiet { (grouped((overrides.len() - MAX_ROWS) as u64)) " more" } }
                    }
                }
                @if may_edit && has_segments {
                    footer.row.end {
                        @if declaration.flag { (attribute(view)) } @else { (segment(view)) }
                        label.f { "Value" input #o-value size="14" name="o.value" autocomplete="off" autofocus[view.focuses("o-value")]; }
                        label.f { "Serve"
                            select #o-use name="o.use" { @for name in declaration.names() { option value=(name) { (name) } } }
                        }
                        (step(view, "override+", "override-add", "Add to the draft", "btn", ""))
                    }
                }
            }
        }
    }
}

fn segment(view: &FeatureView<'_>) -> Markup {
    html! {
        label.f { "Segment"
            select #o-segment name="o.segment" {
                @for applicable in view.declaration().segments.iter() {
                    @let source = source::from_segment(applicable);
                    option value=(source::key(&source)) { (source::label(&source)) }
                }
            }
        }
    }
}

/// Renders the fields of an attribute of a flag, whose type is not declared.
fn attribute(view: &FeatureView<'_>) -> Markup {
    html! {
        label.f { "Attribute"
            input #o-attribute size="14" name="o.attribute" list=(typed_check::NAMES) autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="200"
                autofocus[view.focuses("o-attribute")];
        }
        label.f { "Type"
            select #o-type name="o.type" {
                @for option in ValueType::ALL { option value=(option.as_str()) { (option.label()) } }
            }
        }
    }
}
