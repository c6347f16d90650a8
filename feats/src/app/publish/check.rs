//! Check: every problem of a request and of the state that it asks for, at once, which takes that it is compiled.

use feats_core::__private::AllocationPlanner;

use super::base::Base;
use super::capabilities::missing_capabilities;
use super::draft::{Drafted, Resulting};
use super::look_up::LookedUp;
use super::request::ChangeRequest;
use crate::compile::{Route, Stage};
use crate::error::Problem;
use crate::text::{check_comment, check_name};

/// A change with all that is known to be wrong with it.
pub(super) struct Checked {
    pub(super) result: Resulting,
    pub(super) problems: Vec<Problem>,
    /// The route of an edit or a rollback, before its allocation is planned.
    pub(super) route: Option<Route>,
}

/// Checks a change.
pub(super) fn check(
    request: &ChangeRequest,
    base: &Base,
    drafted: Drafted,
    looked_up: &LookedUp,
    planner: &AllocationPlanner<'_>,
) -> Checked {
    let Drafted { result, problems: drafting } = drafted;
    let mut problems = signature_problems(request);
    problems.extend(drafting);
    let (state, stage) = match &result {
        Resulting::Removed | Resulting::Pinned(_) => return Checked { result, problems, route: None },
        Resulting::Restored(_, state) => (state, Stage::Stored),
        Resulting::Edited(state) => (state, Stage::Publish { other_attributes: &looked_up.other_attributes }),
    };
    let (replica, declaration) = (&request.app().0.replica, request.feature.declaration());
    let compiled = replica.compile(declaration, state, stage, base.next_version());
    problems.extend(compiled.problems);
    if let Resulting::Edited(state) = &result {
        problems.extend(planner.foreign_seeds(state));
    }
    problems.extend(missing_capabilities(request.app(), &base.state, state));
    Checked { result, problems, route: compiled.route }
}

fn signature_problems(request: &ChangeRequest) -> Vec<Problem> {
    let author = check_name(request.author()).map_err(|message| Problem::new("author", message));
    let comment = check_comment(&request.comment).map_err(|message| Problem::new("comment", message));
    author.err().into_iter().chain(comment.err()).collect()
}
