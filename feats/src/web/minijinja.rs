//! Features in minijinja templates.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use ::minijinja::{Environment, Error, ErrorKind, State, UndefinedBehavior, Value};

use super::by_name;
use super::request::Request;
use crate::app::App;
use crate::error::{self, Result};
use crate::model::Attributes;
use crate::scope::Scope;

/// How many different mistakes are logged; a template that makes names up does not fill the log.
const LOGGED: usize = 100;

/// Gives templates two functions: `feature("PaymentProcessor")`, the name of an implementation, and
/// `enabled("ImageProcessing")`, whether a boolean is on. Like `create`, they record the use.
///
/// They decide in the scope of the request that renders, over what
/// [`ScopeLayer::attributes`](super::ScopeLayer::attributes) says of it. Handlers are in that scope, across awaits too; where a
/// page is rendered on another thread (`spawn_blocking`), render it within [`Feats::enter`](super::Feats::enter). Outside
/// of any request (a letter that a job writes, say) they decide by what the app knows now and over no attributes.
///
/// **A mistake in a template does not take the page down.** For a name that is none, `feature` gives an undefined value and
/// `enabled` gives `false`, as for a boolean whose default only code can compute; each such mistake is logged once, as a
/// warning. With [`UndefinedBehavior::Strict`] it is an error of the template, with the name that was probably meant: the
/// choice for tests.
///
/// ```standalone_crate
/// # #[feats::feature] pub trait Fee {
/// #     #[default] fn acme() -> u32 { 2 }
/// #     fn premium() -> u32 { 4 }
/// # }
/// # #[feats::boolean] pub fn Banner() -> bool { true }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let app = feats::App::builder().store(feats::store::Memory::new()).detached().start().await?;
/// let mut environment = minijinja::Environment::new();
/// feats::web::minijinja::register(&app, &mut environment);
/// let page = r#"{% if enabled("Banner") %}paying by {{ feature("Fee") }}{% endif %}"#;
/// assert_eq!(environment.render_str(page, ())?, "paying by acme");
/// # Ok(()) }
/// ```
pub fn register(app: &App, environment: &mut Environment<'_>) {
    let logged = Arc::new(Logged::default());
    let (of_feature, of_enabled) = ((app.clone(), logged.clone()), (app.clone(), logged));
    environment.add_function("feature", move |state: &State<'_, '_>, name: &str| {
        let (app, logged) = &of_feature;
        let decided = over_request(|attributes| by_name::feature(app, attributes, name));
        decided.map_or_else(|error| logged.mistake(state, &error, Value::UNDEFINED), |name| Ok(Value::from(&*name)))
    });
    environment.add_function("enabled", move |state: &State<'_, '_>, name: &str| {
        let (app, logged) = &of_enabled;
        let decided = over_request(|attributes| by_name::enabled(app, attributes, name));
        decided.or_else(|error| logged.mistake(state, &error, false))
    });
}

fn over_request<T>(decide: impl FnOnce(&Attributes<'_>) -> Result<T>) -> Result<T> {
    match Scope::carried::<Request>() {
        Some(request) => decide(&request.attributes),
        None => decide(&Attributes::new()),
    }
}

/// The mistakes that were logged.
#[derive(Default)]
struct Logged(Mutex<BTreeSet<String>>);

impl Logged {
    /// An error where the environment is strict, else a value instead.
    fn mistake<T>(&self, state: &State<'_, '_>, error: &error::Error, instead: T) -> Result<T, Error> {
        let message = error.to_string();
        if state.undefined_behavior() == UndefinedBehavior::Strict {
            return Err(Error::new(ErrorKind::InvalidOperation, message));
        }
        if self.is_new(&message) {
            tracing::warn!(template = state.name(), %message, "a template asks for what is not there");
        }
        Ok(instead)
    }

    fn is_new(&self, message: &str) -> bool {
        let mut logged = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        logged.len() < LOGGED && !logged.contains(message) && logged.insert(message.to_owned())
    }
}
