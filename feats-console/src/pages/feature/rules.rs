//! The card of rules: sentences in order, with buttons to move and edit them.

use feats::bucketing::allocation;
use feats::describe;
use feats::model::{Rollout, Rule, Selector};
use maud::{Markup, html};

use super::controls::{ButtonState, button, step};
use super::editor;
use super::view::FeatureView;
use crate::components::{Share, address, bar, hidden, isolated, legend, ramp, rich_text, within_budget};
use crate::draft::form::{RuleForm, is_conditions};
use crate::draft::{Focus, RulePosition};

/// The markup budget of the rules in bytes.
const MAX_BYTES: usize = 320 << 10;

pub(super) fn card(view: &FeatureView<'_>, may_edit: bool) -> Markup {
    let state = &view.draft.state;
    let (first, items) = items(view, may_edit);
    let default = Selector::Static(view.declaration().default_implementation().to_owned());
    html! {
        section.card aria-labelledby="rules" {
            header {
                h2 #rules { "Rules" }
                @if may_edit {
                    span.row {
                        @if view.declaration().flag && !state.rules.iter().any(is_conditions) {
                            (step(view, "conditions+", "conditions-add", "Add conditions", "btn", ""))
                        }
                        (step(view, "add", "add", "Add a rule", "btn", ""))
                    }
                }
            }
            ol.rules {
                @for item in &items { (item) }
                @match form(view, RulePosition::Otherwise) {
                    Some(form) => (editor::rule(view, RulePosition::Otherwise, form)),
                    None => li.rule.changed[state.otherwise != view.live.otherwise] {
                        span.n { "–" }
                        div {
                            h3 { "Everyone else" (changed_tag(state.otherwise != view.live.otherwise)) }
                            (selected(view, state.otherwise.as_ref().unwrap_or(&default)))
                            @if state.otherwise.is_none() {
                                p.quiet {
                                    @if view.declaration().flag { "Not set: the flag is disabled." }
                                    @else { "Default in the code" @if let Some(value) = view.declaration().default_value() { ": " (value) } "." }
                                }
                            }
                        }
                        @if may_edit {
                            span.acts { (edit_button(view, RulePosition::Otherwise, "edit-otherwise", "Edit everyone else")) }
                        }
                    },
                }
            }
            (page_links(view, first, items.len(), may_edit))
        }
    }
}

/// Renders the rules that fit on the page, including the open one, and returns the position of the first.
fn items(view: &FeatureView<'_>, may_edit: bool) -> (usize, Vec<Markup>) {
    let rules = &view.draft.state.rules;
    let open = match view.draft.open {
        Some((RulePosition::Rule(index), _)) => Some(index),
        _ => None,
    };
    let from = |first: usize| -> Vec<Markup> {
        let items =
            rules.iter().enumerate().skip(first).map(|(index, rule)| match form(view, RulePosition::Rule(index)) {
                Some(form) => editor::rule(view, RulePosition::Rule(index), form),
                None => self::rule(view, index, rule, may_edit),
            });
        within_budget(items, MAX_BYTES)
    };
    let first = if view.draft.first_rule < rules.len() { view.draft.first_rule } else { 0 };
    let first = open.map_or(first, |open| open.min(first));
    let items = from(first);
    match open {
        Some(open) if open >= first.saturating_add(items.len()) => (open, from(open)),
        _ => (first, items),
    }
}

/// Renders the range of the shown rules, and links to the others.
fn page_links(view: &FeatureView<'_>, first: usize, shown: usize, may_edit: bool) -> Markup {
    let (total, next) = (view.draft.state.rules.len(), first.saturating_add(shown));
    let link = |to: usize, id: &str, text: &str| {
        html! {
            @if may_edit { (step(view, &format!("rules:{to}"), id, text, "btn", "")) }
            @else { a.btn href=(address("feature", &[("name", view.feature.name()), ("rules", &to.to_string())])) { (text) } }
        }
    };
    html! {
        @if shown < total {
            nav.pages aria-label="Rules" {
                (hidden("rules", &first.to_string()))
                span { @if first > 0 { (link(0, "rules-first", "First rules")) } }
                span.quiet { "Rules " (first + 1) " to " (next) " of " (total) }
                span { @if next < total { (link(next, "rules-next", "Show more")) } }
            }
        }
    }
}

fn form<'a>(view: &'a FeatureView<'_>, place: RulePosition) -> Option<&'a RuleForm> {
    view.draft.open.as_ref().filter(|(open, _)| *open == place).map(|(_, form)| form)
}

fn rule(view: &FeatureView<'_>, index: usize, rule: &Rule, may_edit: bool) -> Markup {
    let before = view.live.rules.iter().find(|live_rule| live_rule.name == rule.name);
    let is_changed = before != Some(rule);
    let last = index + 1 == view.draft.state.rules.len();
    let id = id(&rule.name);
    html! {
        li.rule.changed[is_changed] data-rule=(index) {
            span.n { (index + 1) }
            div {
                h3 { (isolated(&rule.name)) (changed_tag(is_changed)) }
                p.sentence {
                    @if !rule.when.is_always() { "If " (rich_text(view.declaration(), &describe::condition(&rule.when))) ": " }
                    @else if rule.select.gate().is_none() { "Everyone not matched above: " }
                    @let select = describe::selector(&rule.select, view.now);
                    @let starts = rule.when.is_always() && rule.select.gate().is_some();
                    (rich_text(view.declaration(), &if starts { select.capitalized() } else { select })) "."
                }
                (shares(view, &rule.select))
            }
            @if may_edit {
                span.acts {
                    button.btn.ghost.small.grip type="button" hidden data-grip aria-hidden="true" tabindex="-1" title="Drag to move" { "⠿" }
                    (move_button(&format!("up:{index}"), &format!("up-{id}"), "↑", &format!("Move {} up", rule.name), index == 0))
                    (move_button(&format!("down:{index}"), &format!("down-{id}"), "↓", &format!("Move {} down", rule.name), last))
                    (edit_button(view, RulePosition::Rule(index), &format!("edit-{id}"), &format!("Edit {}", rule.name)))
                }
            }
        }
    }
}

fn changed_tag(is_changed: bool) -> Markup {
    html! { @if is_changed { " " span.tag.live { "changed" } } }
}

fn selected(view: &FeatureView<'_>, selector: &Selector) -> Markup {
    html! {
        p.sentence { (rich_text(view.declaration(), &describe::selector(selector, view.now).capitalized())) "." }
        (shares(view, selector))
    }
}

/// Renders the current shares of a selector, and its ramp.
fn shares(view: &FeatureView<'_>, selector: &Selector) -> Markup {
    let declaration = view.declaration();
    let shares = match selector {
        Selector::Static(name) => vec![Share::new(name, 100.0)],
        _ => selector.rollout().map(|rollout| current_shares(view, rollout)).unwrap_or_default(),
    };
    html! {
        @if !shares.is_empty() { (bar(declaration, &shares)) }
        @if selector.rollout().is_some() { (legend(declaration, &shares)) }
        @if let Some(rollout) = selector.rollout() { (ramp(declaration, rollout, view.now)) }
    }
}

/// Returns the shares of the current allocation, or the weights if they are not published yet.
fn current_shares(view: &FeatureView<'_>, rollout: &Rollout) -> Vec<Share> {
    let declaration = view.declaration();
    match allocation::has_shares(&rollout.slots, &allocation::shares_by_weight(&rollout.weights)) {
        true => Share::from_slots(declaration, &rollout.allocation_at(view.now)),
        false => {
            let shares = rollout.weights.iter().map(|(name, weight)| Share::new(name, weight.0));
            Share::in_order(declaration, shares)
        }
    }
}

fn move_button(step: &str, id: &str, text: &str, spoken: &str, is_at_end: bool) -> Markup {
    button(step, id, text, "btn ghost small", spoken, ButtonState::new(is_at_end, false))
}

/// Renders the button that opens a rule.
fn edit_button(view: &FeatureView<'_>, place: RulePosition, id: &str, spoken: &str) -> Markup {
    let has_focus = view.draft.focus == Some(Focus::EditButton(place));
    button(&format!("open:{place}"), id, "Edit", "btn ghost small", spoken, ButtonState::new(false, has_focus))
}

/// Returns an id for the buttons of a rule. It depends on the rule's name, so that the focus follows a moved rule.
fn id(name: &str) -> String {
    format!("{:016x}", xxhash_rust::xxh3::xxh3_64(name.as_bytes()))
}
