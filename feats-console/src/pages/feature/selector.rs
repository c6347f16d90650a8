//! The fields of a selector: one implementation, or shares that always sum to 100.

use feats::model::RANDOM;
use maud::{Markup, html};

use super::controls::problem;
use super::view::FeatureView;
use crate::components::{hidden, swatch};
use crate::draft::form::{RuleForm, SelectorForm, SelectorKind, can_split, source};

const KINDS: [(SelectorKind, &str, &str); 3] = [
    (SelectorKind::Static, "One implementation", "Everyone gets the same."),
    (SelectorKind::Rollout, "A rollout", "Shares of users; users stay in as shares grow."),
    (
        SelectorKind::Experiment,
        "An experiment",
        "Shares of users; users keep what they have used, even when shares change.",
    ),
];

pub(super) fn fields(view: &FeatureView<'_>, form: &RuleForm) -> Markup {
    let selector = &form.selector;
    let has_units = view.declaration().segments.iter().any(can_split);
    html! {
        fieldset {
            legend { "Serve" }
            div.kinds {
                @for (kind, name, about) in KINDS {
                    @let id = format!("kind-{}", kind.as_str());
                    @let is_open = kind != SelectorKind::Experiment || selector.kind == kind || has_units;
                    label.check {
                        input #(id) type="radio" name="r.kind" value=(kind.as_str()) checked[selector.kind == kind]
                            autofocus[view.focuses(&id)] disabled[!is_open]
                            hx-post="feature" hx-trigger="change" hx-include="#draft" hx-target="#editor" hx-select="#editor" hx-swap="outerHTML show:none";
                        b { (name) } span.quiet { " " @if is_open { (about) } @else { "This feature has no segment to split by." } }
                    }
                }
            }
            noscript { button.btn.small name="do" value="" { "Show fields" } }
        }
        @if selector.kind == SelectorKind::Static { (one(view, form)) (kept_shares(view, selector)) }
        @else {
            (kept(form))
            (units(view, selector))
            (problem(form, "r.by"))
            (shares(view, form))
            @if selector.kind == SelectorKind::Experiment { (entry(view, form)) } @else { (ramp(view, form)) }
        }
    }
}

fn one(view: &FeatureView<'_>, form: &RuleForm) -> Markup {
    html! {
        label.f { "Implementation"
            select #r-static name="r.static" autofocus[view.focuses("r-static")] {
                @for implementation in view.declaration().implementations.iter() {
                    option value=(implementation.name) selected[*implementation.name == *form.selector.choice] {
                        (implementation.name) @if !implementation.doc.is_empty() { " – " (implementation.doc) }
                    }
                }
                @if view.declaration().position(&form.selector.choice).is_none() {
                    option value=(form.selector.choice) selected { (form.selector.choice) " (unknown)" }
                }
            }
        }
        (problem(form, "r.static"))
    }
}

/// Keeps the fields of the other kinds.
fn kept(form: &RuleForm) -> Markup {
    hidden("r.static", &form.selector.choice)
}

/// Keeps the fields of a split, unless they are the suggestion that follows the implementation.
fn kept_shares(view: &FeatureView<'_>, selector: &SelectorForm) -> Markup {
    html! {
        @if selector.is_suggested { (hidden("r.suggested", "yes")) }
        @else {
            (hidden("r.by", &selector.by))
            @for (name, text) in &selector.weights {
                (hidden(&format!("r.w.{name}"), text))
                @if view.declaration().position(name).is_none() { (hidden("r.unknown", name)) }
            }
            (hidden("r.rest", &selector.rest))
            (hidden("r.share", &selector.share))
            (kept_ramp(selector))
        }
    }
}

fn kept_ramp(selector: &SelectorForm) -> Markup {
    html! {
        @if selector.ramps { (hidden("r.ramp", "on")) }
        (hidden("r.start", &selector.start))
        (hidden("r.duration", &selector.duration))
    }
}

fn units(view: &FeatureView<'_>, selector: &SelectorForm) -> Markup {
    html! {
        label.f { "Split by"
            select #r-by name="r.by" {
                @for applicable in view.declaration().segments.iter().filter(|applicable| can_split(applicable)) {
                    @let key = source::key(&source::from_segment(applicable));
                    option value=(key) selected[key == selector.by] { (source::label(&source::from_segment(applicable))) }
                }
                @let is_known = selector.by == RANDOM || view.declaration().segments.iter()
                    .any(|applicable| can_split(applicable) && source::key(&source::from_segment(applicable)) == selector.by);
                @if !is_known {
                    option value=(selector.by) selected { (source::units_label(&selector.by)) " (current)" }
                }
                @if selector.kind == SelectorKind::Rollout {
                    option value=(RANDOM) selected[selector.by == RANDOM] { "random per request" }
                }
            }
        }
    }
}

/// Renders the shares. One implementation gets the remainder, so the sum is always 100.
fn shares(view: &FeatureView<'_>, form: &RuleForm) -> Markup {
    let declaration = view.declaration();
    let selector = &form.selector;
    html! {
        fieldset data-shares {
            legend { "Shares" }
            table.shares {
                thead { tr { th { "Implementation" } th.num { "Percent" } th { "Gets the remainder" } } }
                tbody {
                    @for (index, (name, text)) in selector.weights.iter().enumerate() {
                        @let is_rest = *name == selector.rest;
                        tr {
                            td {
                                label for={ "w" (index) } { (swatch(declaration, name)) (name) }
                                @if declaration.position(name).is_none() { " (unknown)" (hidden("r.unknown", name)) }
                            }
                            td.num {
                                input #{ "w" (index) } name={ "r.w." (name) } inputmode="decimal" autocomplete="off" size="8" data-share
                                    value=(if is_rest { selector.remainder().0.to_string() } else { text.clone() })
                                    readonly[is_rest] placeholder="–" autofocus[view.focuses(&format!("w{index}"))] aria-describedby={ "wrong-w" (index) }
                                    aria-invalid=[form.problem(&format!("r.w.{name}")).map(|_| "true")];
                                (problem(form, &format!("r.w.{name}")))
                            }
                            td { input id=[(index == 0).then_some("r-rest")] autofocus[index == 0 && view.focuses("r-rest")] type="radio" name="r.rest" value=(name) checked[is_rest] data-rest aria-label={ (name) " gets the remainder" }; }
                        }
                    }
                }
            }
            (problem(form, "r.rest"))
            p.quiet {
                "Empty: excluded. " @if selector.kind == SelectorKind::Experiment {
                    "0: no new users; users who have used it keep it."
                }
            }
        }
    }
}

fn entry(view: &FeatureView<'_>, form: &RuleForm) -> Markup {
    html! {
        label.f { "Users entering, % (the others continue with the next rule)"
            input #r-share name="r.share" value=(form.selector.share) inputmode="decimal" autocomplete="off"
                autofocus[view.focuses("r-share")] aria-describedby="wrong-r-share";
        }
        (kept_ramp(&form.selector))
        (problem(form, "r.share"))
    }
}

fn ramp(view: &FeatureView<'_>, form: &RuleForm) -> Markup {
    let selector = &form.selector;
    html! {
        (hidden("r.share", &selector.share))
        fieldset {
            label.check { input #r-ramp type="checkbox" name="r.ramp" checked[selector.ramps]; b { "Gradually" } span.quiet { " from the current shares to these" } }
            div.row {
                label.f { "Start (UTC, empty: now)" input #r-start name="r.start" value=(selector.start) placeholder="2026-12-01T09:00:00Z" autocomplete="off" autofocus[view.focuses("r-start")] aria-describedby="wrong-r-start"; }
                label.f { "Duration" input #r-duration name="r.duration" value=(selector.duration) placeholder="3h" autocomplete="off" autofocus[view.focuses("r-duration")] aria-describedby="wrong-r-duration"; }
            }
            (problem(form, "r.start")) (problem(form, "r.duration"))
        }
    }
}
