//! The fields of a selector: one choice, or shares that always sum to 100.

use maud::{Markup, html};

use super::View;
use super::editor::problem;
use crate::model::RANDOM;
use crate::web::admin::draft::form::{Kind, RuleForm, SelectorForm, is_dealt, source};
use crate::web::admin::parts::{hidden, swatch};

const KINDS: [(Kind, &str, &str, &str); 3] = [
    (Kind::Static, "static", "One implementation", "All of them get the same."),
    (Kind::Rollout, "rollout", "A rollout", "Shares of them; who is in stays in while a share grows."),
    (
        Kind::Experiment,
        "experiment",
        "An experiment",
        "Shares; whoever has used one keeps it, also when shares change.",
    ),
];

pub(super) fn fields(view: &View<'_>, form: &RuleForm) -> Markup {
    let selector = &form.selector;
    html! {
        fieldset {
            legend { "What they get" }
            div.kinds {
                @for (kind, value, name, about) in KINDS {
                    label.check {
                        input #{ "kind-" (value) } type="radio" name="r.kind" value=(value) checked[selector.kind == kind]
                            hx-post="feature" hx-trigger="change" hx-include="#draft" hx-target="#editor" hx-select="#editor" hx-swap="outerHTML show:none";
                        b { (name) } span.quiet { " " (about) }
                    }
                }
            }
            noscript { button.btn.small name="do" value="" { "Show its fields" } }
        }
        @if selector.kind == Kind::Static { (one(view, form)) }
        @else {
            (kept(form))
            (units(view, selector))
            (shares(view, form))
            @if selector.kind == Kind::Experiment { (entry(form)) } @else { (ramp(form)) }
        }
    }
}

fn one(view: &View<'_>, form: &RuleForm) -> Markup {
    html! {
        label.f { "Implementation"
            select #r-static name="r.static" {
                @for implementation in view.feature.declaration().implementations.iter() {
                    option value=(implementation.name) selected[*implementation.name == *form.selector.choice] {
                        (implementation.name) @if !implementation.doc.is_empty() { " – " (implementation.doc) }
                    }
                }
                @if view.feature.declaration().position(&form.selector.choice).is_none() {
                    option value=(form.selector.choice) selected { (form.selector.choice) " (unknown)" }
                }
            }
        }
        (problem(form, "r.static"))
    }
}

/// What the other kinds would need again.
fn kept(form: &RuleForm) -> Markup {
    hidden("r.static", &form.selector.choice)
}

fn units(view: &View<'_>, selector: &SelectorForm) -> Markup {
    html! {
        label.f { "Dealt by"
            select #r-by name="r.by" {
                @for fitting in view.feature.declaration().segments.iter().filter(|fitting| is_dealt(fitting)) {
                    @let key = source::key(&source::of(fitting));
                    option value=(key) selected[key == selector.by] { (source::label(&source::of(fitting))) }
                }
                @let is_known = selector.by == RANDOM || view.feature.declaration().segments.iter()
                    .any(|fitting| is_dealt(fitting) && source::key(&source::of(fitting)) == selector.by);
                @if !is_known {
                    option value=(selector.by) selected { (source::read(&selector.by).as_ref().map(source::label).unwrap_or_default()) " (as it stands)" }
                }
                @if selector.kind == Kind::Rollout {
                    option value=(RANDOM) selected[selector.by == RANDOM] { "nothing: drawn anew each time" }
                }
            }
        }
    }
}

/// One implementation takes what the others leave, so the sum cannot be wrong.
fn shares(view: &View<'_>, form: &RuleForm) -> Markup {
    let declaration = view.feature.declaration();
    let selector = &form.selector;
    html! {
        fieldset data-shares {
            legend { "Shares" }
            table.shares {
                thead { tr { th { "Implementation" } th.num { "Percent" } th { "Takes the rest" } } }
                tbody {
                    @for (at, (name, text)) in selector.weights.iter().enumerate() {
                        @let is_rest = *name == selector.rest;
                        tr {
                            td {
                                label for={ "w" (at) } { (swatch(declaration, name)) (name) }
                                @if declaration.position(name).is_none() { " (unknown)" (hidden("r.gone", name)) }
                            }
                            td.num {
                                input #{ "w" (at) } name={ "r.w." (name) } inputmode="decimal" autocomplete="off" size="8" data-share
                                    value=(if is_rest { selector.left().to_string() } else { text.clone() })
                                    readonly[is_rest] placeholder="–"
                                    aria-invalid=[form.problem(&format!("r.w.{name}")).map(|_| "true")];
                                (problem(form, &format!("r.w.{name}")))
                            }
                            td { input type="radio" name="r.rest" value=(name) checked[is_rest] data-rest aria-label={ (name) " takes the rest" }; }
                        }
                    }
                }
            }
            (problem(form, "r.rest"))
            p.quiet {
                "An empty share takes no part. " @if selector.kind == Kind::Experiment {
                    "With 0, nobody new gets it, and whoever has used it keeps it; empty, nobody has it any more."
                }
            }
        }
    }
}

fn entry(form: &RuleForm) -> Markup {
    html! {
        label.f { "How many of them enter, in percent; the others go on with the next rule"
            input #r-share name="r.share" value=(form.selector.share) inputmode="decimal" autocomplete="off";
        }
        (problem(form, "r.share"))
    }
}

fn ramp(form: &RuleForm) -> Markup {
    let selector = &form.selector;
    html! {
        (hidden("r.share", &selector.share))
        fieldset {
            label.check { input #r-ramp type="checkbox" name="r.ramp" checked[selector.ramps]; b { "Bit by bit" } span.quiet { " from what they have now to these shares" } }
            div.row {
                label.f { "Begins (UTC; empty: at once)" input #r-start name="r.start" value=(selector.start) placeholder="2026-12-01T09:00:00Z" autocomplete="off"; }
                label.f { "Takes" input #r-duration name="r.duration" value=(selector.duration) placeholder="3h" autocomplete="off"; }
            }
            (problem(form, "r.start")) (problem(form, "r.duration"))
        }
    }
}
