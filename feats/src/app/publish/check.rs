//! Check: all problems of a request and of its state, which is compiled for that.

use feats_core::__private::AllocationPlanner;

use super::base::Base;
use super::capabilities::missing_capabilities;
use super::draft::{Draft, ResultingState};
use super::look_up::Lookup;
use super::request::ChangeRequest;
use crate::compile::{Route, Stage};
use crate::error::Problem;
use crate::text::{check_comment, check_name};

/// A change with all of its problems.
pub(super) struct CheckedChange {
    pub(super) result: ResultingState,
    pub(super) problems: Vec<Problem>,
    /// The route of an edit or a rollback, before its allocation is planned.
    pub(super) route: Option<Route>,
}

/// Checks a change, and compiles its state.
pub(super) fn check(
    request: &ChangeRequest,
    base: &Base,
    draft: Draft,
    lookup: &Lookup,
    planner: &AllocationPlanner<'_>,
) -> CheckedChange {
    let Draft { result, problems: draft_problems } = draft;
    let mut problems = signature_problems(request);
    problems.extend(draft_problems);
    let (state, stage) = match &result {
        ResultingState::Removed | ResultingState::Pinned(_) => return CheckedChange { result, problems, route: None },
        ResultingState::Restored(_, state) => (state, Stage::Stored),
        ResultingState::Edited(state) => (state, Stage::Publish { other_attributes: &lookup.other_attributes }),
    };
    let (replica, declaration) = (&request.app().0.replica, request.feature.declaration());
    let compiled = replica.compile(declaration, state, stage, base.next_version());
    problems.extend(compiled.problems);
    if let ResultingState::Edited(state) = &result {
        problems.extend(planner.foreign_seeds(state));
    }
    problems.extend(missing_capabilities(request.app(), &base.state, state));
    CheckedChange { result, problems, route: compiled.route }
}

fn signature_problems(request: &ChangeRequest) -> Vec<Problem> {
    let author = check_name(request.author()).map_err(|message| Problem::new("author", message));
    let comment = check_comment(&request.comment).map_err(|message| Problem::new("comment", message));
    author.err().into_iter().chain(comment.err()).collect()
}
