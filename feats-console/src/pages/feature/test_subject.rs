//! The test of a draft: the implementations that a user gets now and after publishing.

use feats::explain::Trace;
use maud::{Markup, html};

use super::controls::step;
use super::view::FeatureView;
use crate::components::{address, grouped, swatch};
use crate::draft::Draft;
use crate::pages::explain;
use crate::preview::ChangeForm;
use crate::request_context::RequestContext;

/// A test user with the result.
pub(super) struct TestSubject {
    pub(super) subject: explain::Subject,
    pub(super) answer: Option<Answer>,
}

/// The decisions of the live state and of the draft.
pub(super) struct Answer {
    now: Trace,
    after: Option<Trace>,
}

impl TestSubject {
    /// Evaluates the entered user, if any.
    pub(super) async fn evaluate(
        context: &RequestContext,
        form: &ChangeForm,
        draft: &Draft,
        parameters: &[(String, String)],
    ) -> Self {
        let subject = explain::Subject::parse(form.feature.declaration(), &draft.state, parameters);
        let Some(attributes) = subject.attributes().filter(|_| subject.has_values()) else {
            return Self { subject, answer: None };
        };
        let now = form.feature.trace(&attributes);
        let after = match draft.is_complete() {
            true => match form.to_change(context) {
                Ok(change) => change.trace(&attributes).await.ok(),
                Err(_) => None,
            },
            false => None,
        };
        Self { subject, answer: Some(Answer { now, after }) }
    }
}

pub(super) fn card(view: &FeatureView<'_>, subject: &TestSubject) -> Markup {
    html! {
        @if subject.subject.has_fields() {
        section.card aria-labelledby="test-subject" {
            header { h2 #test-subject { "Test a user" } span.quiet { "nothing is recorded" } }
            div.in.stack {
                div.subject { (explain::fields(&view.draft.state, &subject.subject)) }
                div.row {
                    (step(view, "try", "try", "Check", "btn", ""))
                    a href=(address("explain", &[("name", view.feature.name())])) { "Explain step by step" }
                }
                @if let Some(answer) = &subject.answer { (result(view, answer)) }
            }
        }
        }
    }
}

fn result(view: &FeatureView<'_>, Answer { now, after }: &Answer) -> Markup {
    let declaration = view.declaration();
    let choice = |trace: &Trace| html! { (swatch(declaration, &trace.choice)) b { (trace.choice) } };
    html! {
        p role="status" {
            @if let Some(slot) = after.as_ref().unwrap_or(now).slot { "Slot " span.num { (grouped(slot.into())) } " of " span.num { (grouped(1_000_000)) } ": " }
            (choice(now)) " now"
            @match after {
                Some(after) if view.is_changed => { ", " (choice(after)) " after publishing" }
                _ => {}
            }
            "."
        }
    }
}
