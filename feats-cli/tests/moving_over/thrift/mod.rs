//! Flipper's Thrift service: flipper-client with `feats thrift-serve`, and an app with a server in Python.

mod peers;

use std::time::Duration;

use feats::flags::ThriftSource;
use feats::store::{Memory, Sqlite};
use feats::{App, Attributes, attributes};
use feats_servers::Certificates;
use serde_json::json;

use self::peers::{Peer, python, service};
use crate::command::{feats, runtime};

/// The users of `server.py`.
const USERS: usize = 500;

#[test]
fn flipper_client_uses_the_service_of_feats() {
    let Some(interpreter) = feats_servers::python() else { return };
    let directory = tempfile::tempdir().expect("a directory");
    let store = directory.path().join("feats.db").display().to_string();
    // The store is created by a program, not by a command.
    let app = app_on(&store);
    let service = service(&store, &["--allow-writes"]);
    let answers = python(&interpreter, "client.py", &[&service.port, "use"]);

    runtime().block_on(app.refresh()).expect("read");
    let flags = app.flags();
    let user = |user: usize| attributes! { "user_id" => u32::try_from(user).expect("small") };
    let share: Vec<bool> = (0..USERS).map(|id| flags.is_enabled("A", &user(id))).collect();
    assert_eq!(answers["A"], json!(share));
    let plans = ["pro", "free"]
        .map(|plan| [17, 18].map(|age| flags.is_enabled("B", &attributes! { "plan" => plan, "age" => age })));
    assert_eq!((&answers["B"], plans.concat()), (&json!(plans.concat()), vec![false, true, false, false]));
    assert_eq!((&answers["C"], flags.exists("D")), (&json!([false]), false));
    let history = runtime().block_on(flags.get("A").history()).expect("read");
    assert_eq!((history[0].author(), history.len()), ("thrift", 2));
}

#[test]
fn the_service_is_read_only_unless_it_allows_writes() {
    let Some(interpreter) = feats_servers::python() else { return };
    let directory = tempfile::tempdir().expect("a directory");
    let store = directory.path().join("feats.db").display().to_string();
    let app = app_on(&store);
    runtime().block_on(async { app.flags().create("A").enabled().await }).expect("created");
    let service = service(&store, &[]);
    let messages = python(&interpreter, "client.py", &[&service.port, "refused"]);
    let refusal = "this service is read-only; it allows writes if it is started with --allow-writes";
    assert_eq!(messages, json!([refusal, refusal, refusal, refusal]));
}

#[test]
fn both_sides_have_certificates() {
    let Some(interpreter) = feats_servers::python() else { return };
    let directory = tempfile::tempdir().expect("a directory");
    let certificates = Certificates::create(directory.path());
    let path = |path: std::path::PathBuf| path.display().to_string();
    let (ca, certificate, key) = (path(certificates.ca()), path(certificates.certificate()), path(certificates.key()));
    let store = directory.path().join("feats.db").display().to_string();
    let app = app_on(&store);
    let files = ["--tls-cert", &certificate, "--tls-key", &key, "--tls-client-ca", &ca, "--allow-writes"];
    let service = service(&store, &files);
    python(&interpreter, "client.py", &[&service.port, "use", &ca, &certificate, &key]);
    runtime().block_on(app.refresh()).expect("read");
    let history = runtime().block_on(app.flags().get("A").history()).expect("read");
    assert_eq!(history[0].author(), "a server of the tests");

    let server = Peer::python(&interpreter, "server.py", &[&ca, &certificate, &key]);
    let url = format!("thrifts://127.0.0.1:{}?ca={ca}&cert={certificate}&key={key}", server.port);
    assert!(with_source(&url).flags().is_enabled("all", &attributes! {}));
}

#[test]
fn every_user_has_the_answers_of_a_server_in_python() {
    let Some(interpreter) = feats_servers::python() else { return };
    let server = Peer::python(&interpreter, "server.py", &[]);
    let app = with_source(&format!("thrift://127.0.0.1:{}", server.port));
    let flags = app.flags();
    let warnings = app.status().warnings;
    assert!(warnings.len() == 1 && warnings[0].contains("these flags cannot be read"), "{warnings:?}");
    assert_eq!(flags.list().names(), ["all", "half", "pro", "ramp"]);
    assert_eq!(flags.get("half").client_data(), json!({ "team": "cart" }));
    let expected = python(&interpreter, "expected.py", &[]);
    for name in flags.list().names() {
        assert_eq!(expected[&name], json!(answers(&app, &name)), "{name}");
    }

    runtime()
        .block_on(async {
            flags.get("half").set_percentage(20.0).await?;
            flags.get("half").set_client_data(json!({ "ttl": 60 })).await?;
            flags.get("pro").disable().await?;
            flags.get("ramp").destroy().await?;
            flags.create("new").enabled().await?;
            Ok::<(), feats::Error>(())
        })
        .expect("written");
    // Another app reads what the server has.
    let other = with_source(&format!("thrift://127.0.0.1:{}", server.port));
    assert_eq!(other.flags().list().names(), ["all", "half", "new", "pro"]);
    for name in ["all", "half", "new", "pro"] {
        assert_eq!(answers(&other, name), answers(&app, name), "{name}");
    }
    let data = json!({ "team": "cart", "ttl": 60 });
    assert_eq!(other.flags().get("half").client_data(), data);
    assert!(!answers(&other, "pro").contains('1') && answers(&other, "half").contains('1'));
}

#[test]
fn an_address_that_other_machines_reach_needs_certificates() {
    let directory = tempfile::tempdir().expect("a directory");
    let store = directory.path().join("feats.db").display().to_string();
    let _app = app_on(&store);
    let refused = feats(&store, &["thrift-serve", "--listen", "0.0.0.0:0", "--allow-writes"]);
    assert_eq!(refused.code, 2, "{}", refused.err);
    assert!(refused.err.contains("add --tls-cert, --tls-key and --tls-client-ca"), "{}", refused.err);
}

fn app_on(store: &str) -> App {
    let store = Sqlite::open(store).expect("a path");
    runtime().block_on(App::builder().store(store).detached().start()).expect("it starts")
}

fn with_source(url: &str) -> App {
    let source = ThriftSource::open(url).expect("a URL").poll_every(Duration::from_secs(3_600));
    let builder = App::builder().store(Memory::new()).flag_source(source);
    runtime().block_on(builder.detached().start()).expect("it starts")
}

/// Returns the answers for the users of `server.py`.
fn answers(app: &App, flag: &str) -> String {
    let user = |user: usize| -> Attributes<'static> {
        let id = u32::try_from(user).expect("small");
        attributes! { "user_id" => id, "plan" => if user.is_multiple_of(2) { "pro" } else { "free" }, "age" => id % 40 }
    };
    (0..USERS).map(|id| if app.flags().is_enabled(flag, &user(id)) { '1' } else { '0' }).collect()
}
