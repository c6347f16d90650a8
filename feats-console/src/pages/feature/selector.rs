//! The fields of a selector: one implementation, or shares that always sum to 100.

use feats::model::{Percent, RANDOM, Selector};
use maud::{Markup, html};

use super::controls::problem;
use super::view::FeatureView;
use super::{gate, units};
use crate::components::{grouped, hidden, swatch};
use crate::draft::form::{RuleForm, SelectorForm, SelectorKind, can_split, source};

type Kinds = [(SelectorKind, &'static str, &'static str); 3];

const KINDS: Kinds = [
    (SelectorKind::Static, "One implementation", "Everyone gets the same."),
    (SelectorKind::Rollout, "A rollout", "Shares of users; users stay in as shares grow."),
    (
        SelectorKind::Experiment,
        "An experiment",
        "Shares of users; users keep what they have used, even when shares change.",
    ),
];

/// The kinds of a flag, whose percentages programs call a bucketer.
const FLAG_KINDS: Kinds = [
    (SelectorKind::Static, "One variant", "Everyone gets the same."),
    (SelectorKind::Rollout, "Percentages", "Shares of users; users stay in as shares grow."),
    (
        SelectorKind::Experiment,
        "An experiment",
        "Shares of users; users keep what they have used, even when shares change.",
    ),
];

pub(super) fn fields(view: &FeatureView<'_>, form: &RuleForm) -> Markup {
    match &form.selector.gate {
        Some(gate) => gate::fields(view, gate),
        None => selectors(view, form),
    }
}

fn selectors(view: &FeatureView<'_>, form: &RuleForm) -> Markup {
    let selector = &form.selector;
    let is_flag = view.declaration().flag;
    let has_units = is_flag || view.declaration().segments.iter().any(can_split);
    html! {
        fieldset {
            legend { "Serve" }
            div.kinds {
                @for (kind, name, about) in if is_flag { FLAG_KINDS } else { KINDS } {
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
            @if is_flag { (units::fields(view, form)) } @else { (segments(view, selector)) }
            (buckets(selector))
            (problem(form, if is_flag { "r.attribute" } else { "r.by" }))
            (shares(view, form))
            @if selector.kind == SelectorKind::Experiment { (entry(view, form)) } @else { (ramp(view, form)) }
        }
    }
}

fn one(view: &FeatureView<'_>, form: &RuleForm) -> Markup {
    html! {
        label.f { (noun(view))
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

/// The word for a choice.
fn noun(view: &FeatureView<'_>) -> &'static str {
    if view.declaration().flag { "Variant" } else { "Implementation" }
}

/// Keeps the fields of the other kinds.
fn kept(form: &RuleForm) -> Markup {
    html! {
        (hidden("r.static", &form.selector.choice))
        (kept_buckets(&form.selector))
    }
}

fn kept_buckets(selector: &SelectorForm) -> Markup {
    html! { @if let Some(buckets) = &selector.buckets { (hidden("r.buckets", &buckets.encode())) } }
}

/// Keeps the fields of a split, unless they are the suggestion that follows the implementation.
fn kept_shares(view: &FeatureView<'_>, selector: &SelectorForm) -> Markup {
    html! {
        @if selector.is_suggested { (hidden("r.suggested", "yes")) }
        @else {
            (hidden("r.by", &selector.by))
            (kept_buckets(selector))
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
        @for (name, text) in selector.from.iter().filter(|(_, text)| !text.is_empty()) { (hidden(&format!("r.f.{name}"), text)) }
    }
}

fn segments(view: &FeatureView<'_>, selector: &SelectorForm) -> Markup {
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

/// Renders the buckets of another system in which the rollout goes on, or what would leave them.
fn buckets(selector: &SelectorForm) -> Markup {
    html! {
        @if let Some(known) = &selector.buckets {
            @let (system, count) = (known.bucketing.function.system(), grouped(known.bucketing.buckets.into()));
            @if selector.kind == SelectorKind::Rollout && known.has_units_of(&source::parse_units(&selector.by).0) {
                p.quiet { "Users keep " (system) "'s " (count) " buckets. Splitting by anything else reassigns everyone." }
            } @else {
                p.note { "This leaves " (system) "'s " (count) " buckets and reassigns everyone. Split by " b { (known.by) } " to keep them." }
            }
        }
    }
}

/// Renders the shares. One implementation gets the remainder, so the sum is always 100.
fn shares(view: &FeatureView<'_>, form: &RuleForm) -> Markup {
    let declaration = view.declaration();
    let selector = &form.selector;
    let has_start = selector.kind == SelectorKind::Rollout && selector.ramps;
    html! {
        fieldset data-shares {
            legend { "Shares" }
            table.shares {
                thead { tr { th { (noun(view)) } th.num { "Percent" } @if has_start { th.num { "Start of the ramp" } } th { "Gets the remainder" } } }
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
                            @if has_start { td.num { (ramp_start(view, form, index, name)) } }
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

/// Renders the share that a ramp starts from.
fn ramp_start(view: &FeatureView<'_>, form: &RuleForm, index: usize, name: &str) -> Markup {
    let selector = &form.selector;
    let is_rest = name == selector.rest;
    let typed = selector.from.iter().find(|(known, _)| known == name).map_or("", |(_, text)| text);
    let remainder = selector.ramp_start_remainder().map(|percent| percent.0.to_string());
    let id = format!("f{index}");
    html! {
        input #(id) name={ "r.f." (name) } inputmode="decimal" autocomplete="off" size="8" data-start aria-label={ (name) ": percent at the start of the ramp" }
            value=(if is_rest { remainder.as_deref().unwrap_or_default() } else { typed }) readonly[is_rest] placeholder="current"
            autofocus[view.focuses(&id)] aria-describedby={ "wrong-" (id) } aria-invalid=[form.problem(&format!("r.f.{name}")).map(|_| "true")];
        (problem(form, &format!("r.f.{name}")))
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
    let step = view.draft.open_selector().and_then(Selector::rollout).and_then(|rollout| rollout.ramp.as_ref()?.step);
    html! {
        (hidden("r.share", &selector.share))
        fieldset {
            label.check {
                input #r-ramp type="checkbox" name="r.ramp" checked[selector.ramps]
                    hx-post="feature" hx-trigger="change" hx-include="#draft" hx-target="#editor" hx-select="#editor" hx-swap="outerHTML show:none";
                b { "Gradually" } span.quiet { " from the current shares, or from those given as its start, to these" }
            }
            div.row {
                label.f { "Start (UTC, empty: now)" input #r-start name="r.start" value=(selector.start) placeholder="2026-12-01T09:00:00Z" autocomplete="off" autofocus[view.focuses("r-start")] aria-describedby="wrong-r-start"; }
                label.f { "Duration" input #r-duration name="r.duration" value=(selector.duration) placeholder="3h" autocomplete="off" autofocus[view.focuses("r-duration")] aria-describedby="wrong-r-duration"; }
            }
            (problem(form, "r.start")) (problem(form, "r.duration"))
            @if let Some(step) = step.filter(|step| *step > 1) { p.quiet { "The ramp moves in steps of " (Percent::from_slots(step).0) "%." } }
        }
    }
}
