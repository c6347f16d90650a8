//! The permission test: checks every route, role and form field against tables.

use std::collections::BTreeSet;

use axum::Router;
use axum::body::Body;
use axum::http::header::{ALLOW, CONTENT_TYPE};
use axum::http::{Request, StatusCode};
use feats::App;
use feats::model::{Declaration, State, ValueKind};
use tower::ServiceExt;

use super::fields::{FIELDS, Field};
use super::{Action, Actor, Console, Role, pages, router};

/// Every route: its methods, a query, and its audience.
const ROUTES: [(&str, &str, &str, Audience); 16] = [
    ("/", "GET,HEAD", "", Audience::All),
    ("/audit", "GET,HEAD", "", Audience::Viewers),
    ("/audit.csv", "GET,HEAD", "", Audience::Viewers),
    ("/audit.json", "GET,HEAD", "", Audience::Viewers),
    ("/browser", "POST", "", Audience::Editors),
    ("/compare", "GET,HEAD", "?name=Payments", Audience::Viewers),
    ("/experiments", "GET,HEAD", "", Audience::Viewers),
    ("/explain", "GET,HEAD", "?name=Payments", Audience::Viewers),
    ("/feature", "GET,HEAD,POST", "?name=Payments", Audience::Viewers),
    ("/features", "GET,HEAD", "", Audience::Viewers),
    ("/history", "GET,HEAD", "?name=Payments", Audience::Viewers),
    ("/instances", "GET,HEAD", "", Audience::Viewers),
    ("/new-flag", "GET,HEAD", "", Audience::Creators),
    ("/preview", "POST", "", Audience::Editors),
    ("/publish", "POST", "", Audience::Editors),
    ("/segments", "GET,HEAD", "", Audience::Viewers),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Audience {
    /// A redirect, which shows no data.
    All,
    Viewers,
    /// A form of those who may create flags.
    Creators,
    /// A target of forms; see [`CASES`].
    Editors,
}

/// A form: the tested field, its fields in addition to [`FORM`], and the actions that publishing and drafting require.
type Case = (&'static str, &'static [(&'static str, &'static str)], &'static [Action], &'static [Action]);

use Action::{Confirm, CreateFlag, DestroyFlag, Override, Pin, Publish, Remove, View};

const PINNED: &str = r#"{"pinned": "premium", "otherwise": {"static": "acme"}}"#;
const EDITED: &str = r#"{"pinned": "acme", "otherwise": {"static": "premium"}}"#;
const UNPINNED: &str = r#"{"otherwise": {"static": "acme"}}"#;

/// The fields of each form, unless a case overrides them.
const FORM: [(&str, &str); 6] =
    [("name", "Payments"), ("what", "edit"), ("base", "1"), ("draft", EDITED), ("browser", "acme"), ("minutes", "5")];

/// Every field of [`FIELDS`], with a case for each permission that its values can require.
const CASES: [Case; 67] = [
    ("allow_reshuffle", &[("allow_reshuffle", "yes")], &[Publish, Confirm], &[Publish]),
    (
        "allow_reshuffle",
        &[("what", "pin"), ("choice", "premium"), ("allow_reshuffle", "")],
        &[Pin, Confirm],
        &[Publish],
    ),
    ("allow_incompatible", &[("allow_incompatible", "yes")], &[Publish, Confirm], &[Publish]),
    (
        "allow_incompatible",
        &[("what", "rollback"), ("version", "0"), ("allow_incompatible", "no")],
        &[Publish, Confirm],
        &[Publish],
    ),
    ("base", &[("base", "1")], &[Publish], &[Publish]),
    ("browser", &[("browser", "premium")], &[Publish], &[Publish]),
    ("choice", &[("what", "pin"), ("choice", "premium")], &[Pin], &[Publish]),
    ("comment", &[("comment", "why")], &[Publish], &[Publish]),
    ("do", &[("do", "add")], &[Publish], &[Publish]),
    ("do", &[("do", "merge")], &[Publish], &[Publish]),
    ("do", &[("do", "end")], &[Publish], &[Publish]),
    ("draft", &[("draft", EDITED)], &[Publish], &[Publish]),
    ("draft", &[("draft", PINNED)], &[Publish, Pin], &[Publish, Pin]),
    ("draft", &[("draft", UNPINNED)], &[Publish, Pin], &[Publish, Pin]),
    ("draft", &[("draft", EDITED), ("draft", PINNED)], &[Publish, Pin], &[Publish, Pin]),
    ("data", &[("data", "{}")], &[Publish], &[Publish]),
    ("enabled", &[("enabled", "yes")], &[Publish], &[Publish]),
    ("minutes", &[("minutes", "15")], &[Publish], &[Publish]),
    ("name", &[("name", "Payments")], &[Publish], &[Publish]),
    ("o.attribute", &[("do", "override+"), ("o.attribute", "user")], &[Publish], &[Publish]),
    ("o.segment", &[("do", "override+"), ("o.segment", r#"{"segment":"Country"}"#)], &[Publish], &[Publish]),
    ("o.type", &[("do", "override+"), ("o.type", "number")], &[Publish], &[Publish]),
    ("o.use", &[("do", "override+"), ("o.use", "premium")], &[Publish], &[Publish]),
    ("o.value", &[("do", "override+"), ("o.value", "CA")], &[Publish], &[Publish]),
    ("open", &[("open", "otherwise")], &[Publish], &[Publish]),
    ("r.attribute", &[("open", "otherwise"), ("r.attribute", "user")], &[Publish], &[Publish]),
    (
        "r.buckets",
        &[("open", "otherwise"), ("r.buckets", r#"{"by":"Country","function":"flypper"}"#)],
        &[Publish],
        &[Publish],
    ),
    ("r.by", &[("open", "otherwise"), ("r.by", "random")], &[Publish], &[Publish]),
    ("r.c#.json", &[("open", "otherwise"), ("r.c0.json", "{}")], &[Publish], &[Publish]),
    ("r.c#.name", &[("open", "otherwise"), ("r.c0.name", "user")], &[Publish], &[Publish]),
    ("r.c#.of", &[("open", "otherwise"), ("r.c0.of", "program")], &[Publish], &[Publish]),
    ("r.c#.op", &[("open", "otherwise"), ("r.c0.op", "in")], &[Publish], &[Publish]),
    ("r.c#.source", &[("open", "otherwise"), ("r.c0.source", "{}")], &[Publish], &[Publish]),
    ("r.c#.type", &[("open", "otherwise"), ("r.c0.type", "json")], &[Publish], &[Publish]),
    ("r.c#.v", &[("open", "otherwise"), ("r.c0.v", "CA")], &[Publish], &[Publish]),
    ("r.duration", &[("open", "otherwise"), ("r.duration", "3h")], &[Publish], &[Publish]),
    ("r.f.*", &[("open", "otherwise"), ("r.f.acme", "50")], &[Publish], &[Publish]),
    ("r.fail", &[("open", "otherwise"), ("r.fail", "acme")], &[Publish], &[Publish]),
    ("r.unknown", &[("open", "otherwise"), ("r.unknown", "old")], &[Publish], &[Publish]),
    ("r.kind", &[("open", "otherwise"), ("r.kind", "experiment")], &[Publish], &[Publish]),
    ("r.visited", &[("open", "otherwise"), ("r.visited", "acme")], &[Publish], &[Publish]),
    ("r.match", &[("open", "otherwise"), ("r.match", "any")], &[Publish], &[Publish]),
    ("r.missing", &[("open", "otherwise"), ("r.missing", "fail")], &[Publish], &[Publish]),
    ("r.name", &[("open", "otherwise"), ("r.name", "rule")], &[Publish], &[Publish]),
    ("r.pass", &[("open", "otherwise"), ("r.pass", "acme")], &[Publish], &[Publish]),
    ("r.ramp", &[("open", "otherwise"), ("r.ramp", "yes")], &[Publish], &[Publish]),
    ("r.rest", &[("open", "otherwise"), ("r.rest", "acme")], &[Publish], &[Publish]),
    ("r.share", &[("open", "otherwise"), ("r.share", "20")], &[Publish], &[Publish]),
    ("r.start", &[("open", "otherwise"), ("r.start", "")], &[Publish], &[Publish]),
    ("r.static", &[("open", "otherwise"), ("r.static", "premium")], &[Publish], &[Publish]),
    ("r.w.*", &[("open", "otherwise"), ("r.w.acme", "50")], &[Publish], &[Publish]),
    ("r.suggested", &[("open", "otherwise"), ("r.suggested", "yes")], &[Publish], &[Publish]),
    ("r.units", &[("open", "otherwise"), ("r.units", "all")], &[Publish], &[Publish]),
    ("rules", &[("rules", "100"), ("do", "rules:7")], &[Publish], &[Publish]),
    ("s.*", &[("s.Country", "CA")], &[Publish], &[Publish]),
    ("unpin", &[("what", "rollback"), ("version", "0"), ("unpin", "yes")], &[Publish, Pin], &[Publish]),
    ("v.json", &[("do", "variant="), ("v.json", "1")], &[Publish], &[Publish]),
    ("v.name", &[("do", "variant="), ("v.name", "dark")], &[Publish], &[Publish]),
    ("v.of", &[("do", "variant="), ("v.of", "dark")], &[Publish], &[Publish]),
    ("version", &[("what", "rollback"), ("version", "0")], &[Publish], &[Publish]),
    ("what", &[("what", "edit")], &[Publish], &[Publish]),
    ("what", &[("what", "pin"), ("choice", "acme")], &[Pin], &[Publish]),
    ("what", &[("what", "unpin")], &[Pin], &[Publish]),
    ("what", &[("what", "rollback"), ("version", "1")], &[Publish], &[Publish]),
    ("what", &[("what", "remove")], &[Remove, Pin], &[Publish]),
    ("what", &[("what", "enable")], &[Publish], &[Publish]),
    ("what", &[("what", "destroy")], &[DestroyFlag], &[Publish]),
];

/// A write of a flag: the fields of its form, and the actions that it requires.
type FlagCase = (&'static [(&'static str, &'static str)], &'static [Action]);

/// The writes of a flag. Flags are created at `/publish` only.
const FLAG_CASES: [FlagCase; 16] = [
    (&[("name", "NEW"), ("what", "create")], &[CreateFlag]),
    (&[("name", "NEW"), ("what", "create"), ("enabled", "yes")], &[CreateFlag, Publish]),
    (&[("name", "OLD"), ("what", "create")], &[CreateFlag]),
    (&[("name", "OLD"), ("what", "rollback"), ("version", "1"), ("base", "2")], &[Publish, CreateFlag]),
    (&[("name", "BETA"), ("what", "enable")], &[Publish]),
    (&[("name", "BETA"), ("what", "disable")], &[Publish]),
    (&[("name", "BETA"), ("what", "archive")], &[Publish]),
    (&[("name", "BETA"), ("what", "restore")], &[Publish]),
    (&[("name", "BETA"), ("what", "client-data"), ("data", r#"{"ttl": 1}"#)], &[Publish]),
    (&[("name", "BETA"), ("what", "destroy")], &[DestroyFlag]),
    (&[("name", "BETA"), ("what", "remove")], &[DestroyFlag]),
    (&[("name", "BETA"), ("what", "pin"), ("choice", "enabled")], &[Pin]),
    (&[("name", "BETA"), ("what", "rollback"), ("version", "1")], &[Publish]),
    (&[("name", "BETA"), ("what", "edit"), ("draft", ENABLED_FLAG)], &[Publish]),
    (&[("name", "BETA"), ("what", "edit"), ("draft", PINNED_FLAG)], &[Publish, Pin]),
    // The draft has no flag.
    (&[("name", "BETA"), ("what", "edit"), ("draft", "{}")], &[Publish, DestroyFlag]),
];

const ENABLED_FLAG: &str = r#"{"flag": {"enabled": true, "created_at": "2026-12-01T09:00:00Z", "created_by": "ada"}, "otherwise": {"static": "enabled"}}"#;
const PINNED_FLAG: &str =
    r#"{"pinned": "enabled", "flag": {"enabled": true, "created_at": "2026-12-01T09:00:00Z", "created_by": "ada"}}"#;

/// The sender of a request: a role, and an action that the application denies.
#[derive(Clone, Copy, Debug)]
struct Sender {
    role: Option<Role>,
    denied: Option<Action>,
}

const ACTIONS: [Action; 8] = [View, Publish, Pin, Override, Confirm, Remove, CreateFlag, DestroyFlag];

fn senders() -> Vec<Sender> {
    let roles = [None, Some(Role::View), Some(Role::Edit), Some(Role::Admin)];
    let by_role = roles.into_iter().map(|role| Sender { role, denied: None });
    let by_denial = ACTIONS.into_iter().map(|denied| Sender { role: Some(Role::Admin), denied: Some(denied) });
    by_role.chain(by_denial).collect()
}

impl Sender {
    fn may(self, actions: &[Action]) -> bool {
        let may = |action: Action| self.role.unwrap_or(Role::View) >= action.role() && self.denied != Some(action);
        may(View) && actions.iter().all(|action| may(*action))
    }

    fn console(self, app: &App) -> Router {
        let actor = move |_: &axum::http::request::Parts| Some(Actor::new("eve").role(self.role?));
        let key = feats::web::Key::from_bytes(&[1; 32]).expect("long enough");
        let overrides = feats::web::Overrides::new(key).allow(|_, _| true);
        let console = Console::new().actor_from(actor).authorize(move |_, action, _| self.denied != Some(action));
        router(app.clone(), console.overrides(overrides))
    }
}

/// An app with a feature that version 1 pins.
async fn app() -> App {
    let feature = Declaration::new("Payments", ["acme", "premium"]).segment("Country", ValueKind::Text);
    let app = App::builder().declare(feature).detached().start().await.expect("an app starts");
    let state: State = r#"{"pinned": "acme", "otherwise": {"static": "acme"}}"#.parse().expect("a state");
    app.feature_named("Payments").expect("declared").edit().replace(state).publish().await.expect("published");
    app
}

async fn send(console: &Router, method: &str, address: &str, form: &[(&str, &str)]) -> (StatusCode, String) {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let request = Request::builder().method(method).uri(address).header("sec-fetch-site", "same-origin");
    let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(Body::from(body));
    let answer = console.clone().oneshot(request.expect("a request")).await.expect("an answer");
    let allow = answer.headers().get(ALLOW).and_then(|allow| allow.to_str().ok()).unwrap_or_default().to_owned();
    (answer.status(), allow)
}

fn pattern(field: Field) -> String {
    match field {
        Field::Name(name) => name.to_owned(),
        Field::Prefix(prefix) => format!("{prefix}*"),
        Field::Numbered(prefix, suffix) => format!("{prefix}#.{suffix}"),
    }
}

#[tokio::test]
async fn every_route_is_classified() {
    let (app, everyone) = (app().await, Sender { role: Some(Role::Admin), denied: None });
    let routes: BTreeSet<_> = pages::table().into_iter().map(|(path, _)| path).collect();
    let classified: BTreeSet<_> = ROUTES.iter().map(|(path, ..)| *path).collect();
    assert_eq!(routes, classified, "each route needs an entry in this table");
    for (path, methods, ..) in ROUTES {
        let (status, allowed) = send(&everyone.console(&app), "PURGE", path, &[]).await;
        assert_eq!((status, allowed.as_str()), (StatusCode::METHOD_NOT_ALLOWED, methods), "{path}");
    }
}

#[tokio::test]
async fn every_page_requires_the_permission_to_view() {
    let app = app().await;
    for sender in senders() {
        let console = sender.console(&app);
        for (path, methods, query, open) in ROUTES.into_iter().filter(|(_, methods, ..)| methods.contains("GET")) {
            let is_open = match open {
                Audience::All => true,
                Audience::Creators => sender.may(&[CreateFlag]),
                Audience::Viewers | Audience::Editors => sender.may(&[]),
            };
            for method in methods.split(',').filter(|method| *method != "POST") {
                let status = send(&console, method, &format!("{path}{query}"), &[]).await.0;
                let expected = if is_open {
                    !status.is_client_error() && !status.is_server_error()
                } else {
                    status == StatusCode::FORBIDDEN
                };
                assert!(expected, "{sender:?} {method} {path}: {status}");
            }
        }
    }
}

#[test]
fn every_field_is_classified() {
    let fields: BTreeSet<_> = FIELDS.into_iter().map(pattern).collect();
    let classified: BTreeSet<_> = CASES.iter().map(|(field, ..)| (*field).to_owned()).collect();
    assert_eq!(fields, classified, "each form field needs a case in this table");
}

#[tokio::test]
async fn every_form_requires_the_actions_that_it_implies() {
    let mut app = app().await;
    for (field, more, publishing, drafting) in CASES {
        let form = [&FORM, more].concat();
        for sender in senders() {
            let console = sender.console(&app);
            for (path, actions) in
                [("/preview", publishing), ("/feature", drafting), ("/browser", &[Override]), ("/publish", publishing)]
            {
                let status = send(&console, "POST", path, &form).await.0;
                let may = sender.may(actions);
                assert_eq!(status == StatusCode::FORBIDDEN, !may, "{sender:?} {path} {field} {more:?}: {status}");
                assert!(status != StatusCode::NOT_FOUND && !status.is_server_error(), "{path} {field}: {status}");
                let has_written = app.feature_named("Payments").expect("declared").version() != 1;
                assert!(!has_written || (may && path == "/publish"), "{sender:?} wrote by {path} {field} {more:?}");
            }
            if app.feature_named("Payments").expect("declared").version() != 1 {
                app = self::app().await;
            }
        }
    }
}

/// A flag `BETA`, which is disabled, and a flag `OLD`, which was destroyed.
async fn app_with_flags() -> App {
    let app = App::builder().detached().start().await.expect("an app starts");
    let flags = app.flags().author("ada");
    flags.create("BETA").await.expect("created");
    flags.create("OLD").await.expect("created").destroy().await.expect("destroyed");
    app
}

/// The newest version of each flag; 0 if it was never created.
fn flag_versions(app: &App) -> [u64; 3] {
    let version = |name: &&str| app.flags().get(*name).as_feature().map_or(0, |feature| feature.version());
    ["BETA", "OLD", "NEW"].each_ref().map(version)
}

#[tokio::test]
async fn every_write_of_a_flag_requires_the_actions_that_it_implies() {
    let mut app = app_with_flags().await;
    let untouched = flag_versions(&app);
    assert_eq!(untouched, [1, 2, 0]);
    for (fields, actions) in FLAG_CASES {
        let form = [&[("base", "1")], fields].concat();
        let is_creation = fields.contains(&("what", "create"));
        for sender in senders() {
            let console = sender.console(&app);
            let may = sender.may(actions);
            for path in ["/preview", "/publish"].into_iter().skip(usize::from(is_creation)) {
                let status = send(&console, "POST", path, &form).await.0;
                assert_eq!(status == StatusCode::FORBIDDEN, !may, "{sender:?} {path} {fields:?}: {status}");
                assert!(status != StatusCode::NOT_FOUND && !status.is_server_error(), "{path} {fields:?}: {status}");
                let has_written = flag_versions(&app) != untouched;
                assert!(!has_written || (may && path == "/publish"), "{sender:?} wrote by {path} {fields:?}");
            }
            if flag_versions(&app) != untouched {
                app = app_with_flags().await;
            }
        }
    }
}
