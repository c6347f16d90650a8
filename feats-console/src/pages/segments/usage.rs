//! The usage of a segment: the features that it applies to, and the parts of their states that use it.

use feats::describe::{self, RichText};
use feats::model::{Declaration, Rule, Selector, Source, State, Timestamp};
use maud::{Markup, html};

use super::details::SegmentDetails;
use crate::components::{Pager, feature_link, rich_text};
use crate::request_context::RequestContext;

/// The most uses that are shown per feature.
const MAX_USES: usize = 5;

/// Renders the features that the segment applies to, with the parts of their states that use it. Reads only the states on
/// the page.
pub(super) fn features(context: &RequestContext, segment: &SegmentDetails, page: Option<usize>) -> Markup {
    let pager = Pager::new(page, segment.features.len());
    let now = context.app().now();
    html! {
        section.card {
            header { h2 { "Used by" } }
            @if segment.features.is_empty() {
                div.empty {
                    b { "No features" }
                    "A feature can use this segment if its input has a type that the segment supports."
                }
            } @else {
                table.list {
                    thead { tr { th scope="col" { "Feature" } th scope="col" { "Live rules" } } }
                    tbody { @for feature in pager.rows(&segment.features) { (row(context, segment, feature, now)) } }
                }
                (pager.links("segments", &[("name", &segment.name)]))
            }
        }
    }
}

fn row(context: &RequestContext, segment: &SegmentDetails, feature: &Declaration, now: Timestamp) -> Markup {
    let state = context.app().feature_named(&feature.name).map(|feature| feature.state()).unwrap_or_default();
    let uses = uses(&state, &segment.name, now);
    let inputs: Vec<&str> = feature
        .segments
        .iter()
        .filter(|applicable| *applicable.segment == *segment.name)
        .filter_map(|applicable| applicable.input.as_deref())
        .collect();
    html! {
        tr {
            td {
                (feature_link(&feature.name))
                @if !inputs.is_empty() { p.quiet { "of " (inputs.join(", ")) } }
            }
            td {
                @if uses.is_empty() { span.quiet { "none" } }
                @for sentence in uses.iter().take(MAX_USES) { p.sentence { (rich_text(feature, sentence)) } }
                @if uses.len() > MAX_USES { p.quiet { "and " (uses.len() - MAX_USES) " more" } }
            }
        }
    }
}

/// Describes the parts of a state that use a segment.
fn uses(state: &State, segment: &str, now: Timestamp) -> Vec<RichText> {
    let overrides = state.overrides.iter().filter(|entry| entry.segment == segment).map(describe::unit_override);
    let rules = state.rules.iter().filter(|rule| tests(rule, segment) || splits_by(&rule.select, segment));
    let otherwise = state.otherwise.iter().filter(|select| splits_by(select, segment));
    let otherwise =
        otherwise.map(|select| RichText::from("Everyone else: ").then(describe::selector(select, now)).text("."));
    overrides.chain(rules.map(|rule| describe::rule(rule, now))).chain(otherwise).collect()
}

/// Returns `true` if a rule tests a segment.
fn tests(rule: &Rule, name: &str) -> bool {
    let mut sources = rule.predicates().into_iter().map(|predicate| &predicate.source);
    sources.any(|source| matches!(source, Source::Segment { segment, .. } if segment == name))
}

fn splits_by(select: &Selector, segment: &str) -> bool {
    select.rollout().is_some_and(|rollout| rollout.by.names().iter().any(|name| name == segment))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    #[test]
    fn uses_are_overrides_conditions_and_splits() {
        let check = json!({ "segment": "Country", "in": ["CA"] });
        let nested = json!({ "any": [{ "segment": "Age", "gt": 1 }, { "not": check }] });
        let by = |segments: Json| json!({ "rollout": { "by": segments, "weights": { "a": 100 } } });
        let state = State::from_json(&json!({
            "overrides": [{ "segment": "UserId", "values": [1], "use": "a" }],
            "rules": [
                { "name": "checks", "when": nested, "select": { "static": "a" } },
                { "name": "splits", "select": by(json!("UserId")) },
                { "name": "splits by both", "select": by(json!(["UserId", "Age"])) },
            ],
            "otherwise": by(json!("Country")),
        }));
        assert_eq!(state.problems(), []);
        let actual = |segment: &str| -> Vec<String> {
            let uses = uses(&state, segment, Timestamp::from_millis(0));
            let first = |sentence: RichText| sentence.to_string().split(':').next().unwrap_or_default().to_owned();
            uses.into_iter().map(first).collect()
        };
        assert_eq!(actual("Country"), ["checks", "Everyone else"]);
        assert_eq!(actual("UserId"), ["Override", "splits", "splits by both"]);
        assert_eq!(actual("Age"), ["checks", "splits by both"]);
        assert_eq!(actual("Zip"), [""; 0]);
    }
}
