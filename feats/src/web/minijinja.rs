//! Features and flags in minijinja templates.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use ::minijinja::value::Serde;
use ::minijinja::{Environment, Error, ErrorKind, State, UndefinedBehavior, Value};

use super::by_name;
use super::request::Request;
use crate::app::App;
use crate::error::{self, Result};
use crate::model::Attributes;
use crate::scope::Scope;

/// The maximum number of different mistakes that are logged, so that a template that computes names cannot fill the log.
const MAX_LOGGED: usize = 100;

/// Adds three functions to templates. Like `create`, they record the use.
///
/// - `feature("PaymentProcessor")` returns the name of an implementation; of a [flag](crate::flags), the variant, `enabled` or
///   `disabled`.
/// - `enabled("ImageProcessing")` returns `true` if a boolean is on or a flag is enabled.
/// - `feature_value("THEME", {"color": "white"})` returns the value of the variant of a flag. The second argument is the value for
///   requests for which the flag is disabled.
///
/// They decide in the scope of the current request, for the attributes that
/// [`ScopeLayer::attributes`](super::ScopeLayer::attributes) returns. Handlers run in that scope. To render a page on another
/// thread (`spawn_blocking`), use [`RequestScope::enter`](super::RequestScope::enter). Outside of a request, for example in a
/// background job, they use the current snapshot of the app and no attributes.
///
/// **A mistake in a template does not fail the page.** For an unknown name, `feature` returns an undefined value, `enabled` returns
/// `false`, and `feature_value` returns its second argument. The latter also applies to a boolean whose default only code can compute. Each mistake is logged once,
/// as a warning. With [`UndefinedBehavior::Strict`], which is recommended for tests, it is an error of the template that suggests
/// the closest name.
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
///
/// let theme = [("light", serde_json::json!({ "color": "white" }))];
/// app.flags().create_variants("THEME", theme).enabled().await?;
/// let page = r#"{{ feature("THEME") }}: {{ feature_value("THEME", {}).color }}"#;
/// assert_eq!(environment.render_str(page, ())?, "light: white");
/// # Ok(()) }
/// ```
pub fn register(app: &App, environment: &mut Environment<'_>) {
    let logged = Arc::new(LoggedMistakes::default());
    let by_name = (app.clone(), logged);
    let (for_feature, for_enabled, for_value) = (by_name.clone(), by_name.clone(), by_name);
    environment.add_function("feature", move |state: &State<'_, '_>, name: &str| {
        let (app, logged) = &for_feature;
        let decided = with_request_attributes(|attributes| by_name::feature(app, attributes, name));
        decided.map_or_else(|error| logged.handle(state, &error, Value::UNDEFINED), |name| Ok(Value::from(&*name)))
    });
    environment.add_function("enabled", move |state: &State<'_, '_>, name: &str| {
        let (app, logged) = &for_enabled;
        let decided = with_request_attributes(|attributes| by_name::enabled(app, attributes, name));
        decided.or_else(|error| logged.handle(state, &error, false))
    });
    environment.add_function("feature_value", move |state: &State<'_, '_>, name: &str, default: Value| {
        let (app, logged) = &for_value;
        let decided = with_request_attributes(|attributes| by_name::value(app, attributes, name));
        match decided {
            Ok(Some(json)) => Ok(Value::from(Serde(json))),
            Ok(None) => Ok(default),
            Err(error) => logged.handle(state, &error, default),
        }
    });
}

fn with_request_attributes<T>(decide: impl FnOnce(&Attributes<'_>) -> Result<T>) -> Result<T> {
    match Scope::carried::<Request>() {
        Some(request) => decide(&request.attributes),
        None => decide(&Attributes::new()),
    }
}

/// The mistakes that were logged already.
#[derive(Default)]
struct LoggedMistakes(Mutex<BTreeSet<String>>);

impl LoggedMistakes {
    /// Returns an error if the environment is strict. Otherwise logs the mistake and returns the fallback.
    fn handle<T>(&self, state: &State<'_, '_>, error: &error::Error, fallback: T) -> Result<T, Error> {
        let message = error.to_string();
        if state.undefined_behavior() == UndefinedBehavior::Strict {
            return Err(Error::new(ErrorKind::InvalidOperation, message));
        }
        if self.is_new(&message) {
            tracing::warn!(template = state.name(), %message, "a template uses a feature incorrectly");
        }
        Ok(fallback)
    }

    fn is_new(&self, message: &str) -> bool {
        let mut logged = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        logged.len() < MAX_LOGGED && !logged.contains(message) && logged.insert(message.to_owned())
    }
}
