//! Overrides: units that get a certain implementation, before any rule.

use feats::describe;
use maud::{Markup, html};

use super::controls::step;
use super::view::FeatureView;
use crate::components::{grouped, say};
use crate::draft::form::source;

/// How many overrides are shown; the others are counted.
const SHOWN: usize = 100;

pub(super) fn card(view: &FeatureView<'_>, may_edit: bool) -> Markup {
    let declaration = view.feature.declaration();
    let overrides = &view.draft.state.overrides;
    let has_segments = !declaration.segments.is_empty();
    html! {
        @if !overrides.is_empty() || (may_edit && has_segments) {
            section.card aria-labelledby="overrides" {
                header { h2 #overrides { "Overrides" } span.quiet { "before any rule" } }
                @if overrides.is_empty() { p.in.quiet { "None." } }
                @else {
                    ul.facts.in {
                        @for (at, known) in overrides.iter().take(SHOWN).enumerate() {
                            li.row.between.changed[!view.live.overrides.contains(known)] {
                                span { (say(declaration, &describe::unit_override(known))) }
                                @if may_edit {
                                    (step(view, &format!("override-:{at}"), &format!("override-{at}"), "Remove", "btn ghost small", &format!("Remove override {}", at + 1)))
                                }
                            }
                        }
                        @if overrides.len() > SHOWN { li.quiet { (grouped((overrides.len() - SHOWN) as u64)) " more" } }
                    }
                }
                @if may_edit && has_segments {
                    footer.row.end {
                        label.f { "Segment"
                            select #o-segment name="o.segment" {
                                @for fitting in declaration.segments.iter() {
                                    @let source = source::of(fitting);
                                    option value=(source::key(&source)) { (source::label(&source)) }
                                }
                            }
                        }
                        label.f { "Value" input #o-value name="o.value" autocomplete="off" autofocus[view.focuses("o-value")]; }
                        label.f { "Gets"
                            select #o-use name="o.use" { @for name in declaration.names() { option value=(name) { (name) } } }
                        }
                        (step(view, "override+", "override-add", "Add to the draft", "btn", ""))
                    }
                }
            }
        }
    }
}
