//! Publishing. This is the only page that writes to the store.

use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use feats::ErrorKind;

use super::{new_flag, preview};
use crate::components::address;
use crate::failure::{Failure, describe, describe_unknown_outcome};
use crate::fields::Fields;
use crate::preview::{ChangeForm, FlagOperation, Operation};
use crate::request_context::RequestContext;

/// Publishes a change and redirects to the feature, or shows the form again with the error.
pub(crate) async fn write(context: RequestContext, fields: Fields) -> Result<Response, Failure> {
    if fields.get("what") == "create" {
        return new_flag::create(&context, &fields).await;
    }
    let mut form = ChangeForm::parse(&context, &fields)?;
    if context.settings().comment_required && form.comment.is_empty() {
        let error = "Nothing was published: enter a reason.".to_owned();
        return preview::show(&context, form, Some(error), StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    if let Operation::Edit(draft) = &mut form.operation
        && !draft.is_complete()
    {
        draft.show_all_errors();
        let error = "Nothing was published: fix the errors in the open rule.".to_owned();
        return preview::show(&context, form, Some(error), StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let name = form.feature.name().to_owned();
    let published = match form.to_change(&context) {
        Ok(change) => change.publish().await,
        Err(error) => Err(error),
    };
    match published {
        Ok(published) => {
            let version = published.version().to_string();
            let location = match form.operation {
                // Only its history is left.
                Operation::Flag(FlagOperation::Destroy) => address("history", &[("name", &name)]),
                _ => address("feature", &[("name", &name), ("published", &version)]),
            };
            Ok((StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response())
        }
        Err(error) => {
            let (error, status) = match error.kind() {
                ErrorKind::Denied => return Err(Failure::Denied),
                ErrorKind::Conflict => (None, StatusCode::CONFLICT),
                ErrorKind::NeedsConfirmation => (Some(describe(&error)), StatusCode::CONFLICT),
                ErrorKind::Invalid if !error.problems().is_empty() => {
                    // The preview on the page lists the problems.
                    (Some("Nothing was published.".to_owned()), StatusCode::UNPROCESSABLE_ENTITY)
                }
                ErrorKind::NotFound => (Some(describe(&error)), StatusCode::NOT_FOUND),
                ErrorKind::Refused => (Some(describe(&error)), StatusCode::UNPROCESSABLE_ENTITY),
                ErrorKind::ReadOnly => (Some(describe(&error)), StatusCode::FORBIDDEN),
                ErrorKind::TooLarge => (Some(describe(&error)), StatusCode::PAYLOAD_TOO_LARGE),
                _ => (Some(describe_unknown_outcome(&error)), StatusCode::SERVICE_UNAVAILABLE),
            };
            preview::show(&context, form, error, status).await
        }
    }
}
