//! Imports from where flipper-client and Flypper keep flags besides Redis: PostgreSQL, S3, Consul, and tables of SQLAlchemy.

use std::path::Path;
use std::process::Command;

use feats_servers::{Consul, MariaDb, Moto, Postgres};
use serde_json::Value as Json;
use tempfile::TempDir;

use crate::command::feats;

/// Writes flags with the original library, and returns them as it stores them.
fn write(kind: &str, address: &str) -> Option<Vec<Json>> {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/moving_over/write_stores.py");
    let mut command = Command::new(feats_servers::python()?);
    // Without `-B`, Python writes compiled files beside the sources.
    let output = command.arg("-B").arg(program).args([kind, address]).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    Some(sorted(text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()))
}

fn sorted(mut flags: Vec<Json>) -> Vec<Json> {
    flags.sort_by_key(Json::to_string);
    flags
}

/// Returns the URL of an empty store.
fn store(directory: &TempDir) -> String {
    let path = directory.path().join("feats.db");
    let store = feats::store::Sqlite::open(&path).expect("a path");
    crate::command::runtime().block_on(async {
        feats::store::Store::epoch(&store).await.expect("a store is made");
        store.close().await;
    });
    format!("sqlite:{}", path.display())
}

/// Imports the flags, and checks that the way back gives the same ones.
fn moves_over(system: &str, place: &str, written: &[Json]) {
    let directory = tempfile::tempdir().expect("a directory");
    let store = store(&directory);
    let imported = feats(&store, &["flag", "import", "--from", system, place, "--json"]).json();
    assert_eq!(imported["created"], written.len());
    let again = feats(&store, &["flag", "import", "--from", system, place, "--json"]).json();
    assert_eq!(again["unchanged"], written.len());
    let exported = feats(&store, &["flag", "export", "--to", "flipper"]);
    let exported = exported.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(sorted(exported), written);
}

#[test]
fn flags_of_flipper_in_postgresql_move_over() {
    if !Postgres::available() {
        return;
    }
    let server = Postgres::start();
    let url = server.database();
    let Some(written) = write("postgres", &url) else { return };
    moves_over("flipper-postgres", &url, &written);

    let directory = tempfile::tempdir().expect("a directory");
    let refused = |place: &str, code: i32, message: &str| {
        let done = feats(&store(&directory), &["flag", "import", "--from", "flipper-postgres", place]);
        assert!(done.code == code && done.err.contains(message), "{} {}", done.code, done.err);
        assert!(!done.err.contains("s3cret"), "{}", done.err);
    };
    refused(&format!("{url}?table=none"), 7, "there is no table \"none\"; ?table=NAME selects another one");
    refused(&format!("{url}?item=none"), 7, "the table \"feature_flags\" lacks a column");
    refused(&url.replace("test_", "none_"), 7, "there is no database with this name");
    refused("postgres://ada:s3cret@127.0.0.1:1/db", 6, "the database cannot be reached");
    let database = url.rsplit('/').next().expect("a name");
    server.sql(database, "CREATE ROLE reader LOGIN PASSWORD 's3cret'");
    refused(
        &url.replace("postgres@", "reader:s3cret@"),
        3,
        "the user lacks the right SELECT on the table \"feature_flags\"",
    );
    server.sql(
        database,
        "INSERT INTO feature_flags VALUES ('broken', 'x'), ('long', convert_to(repeat('x', 1048577), 'UTF8'))",
    );
    refused(&url, 3, "feature_flags[\"broken\"]: ");
    refused(&url, 3, "feature_flags[\"long\"]: the flag has 1048577 bytes; at most 1048576 are read");
}

#[test]
fn flags_of_flipper_in_s3_move_over() {
    if !Moto::available() {
        return;
    }
    let server = Moto::start();
    server.create_bucket("flags");
    let Some(written) = write("s3", &server.endpoint()) else { return };
    moves_over("flipper-s3", &format!("s3://flags?endpoint={}", server.endpoint()), &written);
}

#[test]
fn flags_of_flipper_in_consul_move_over() {
    if !Consul::available() {
        return;
    }
    let server = Consul::builder().access_control().start();
    let put = |key: &str, value: &str| assert_eq!(server.request("PUT", &format!("/v1/kv/{key}"), value).0, 200);
    // The flags are all that a program without a token may use, such as the original.
    let policy = r#"{"Name": "flags", "Rules": "key_prefix \"features/\" { policy = \"write\" }"}"#;
    assert_eq!(server.request("PUT", "/v1/acl/policy", policy).0, 200);
    let anonymous = "/v1/acl/token/00000000-0000-0000-0000-000000000002";
    assert_eq!(server.request("PUT", anonymous, r#"{"Policies": [{"Name": "flags"}]}"#).0, 200);
    let Some(written) = write("consul", &server.port().to_string()) else { return };
    // Neither of them is a flag of this base key.
    put("features/folder/", "");
    put("features-old/other", "x");
    moves_over("flipper-consul", &server.url(), &written);
    moves_over("flipper-consul", &format!("{}/features/", server.url()), &written);

    let directory = tempfile::tempdir().expect("a directory");
    let refused = |place: &str, code: i32, message: &str| {
        let done = feats(&store(&directory), &["flag", "import", "--from", "flipper-consul", place]);
        assert!(done.code == code && done.err.contains(message), "{} {}", done.code, done.err);
        assert!(!done.err.contains("s3cret"), "{}", done.err);
    };
    let no_flags = "there are no flags of flipper-client in this Consul; their keys would be features/old/*";
    refused(&format!("{}/features/old", server.url()), 7, no_flags);
    refused(&format!("{}//features", server.url()), 3, "the base key must not contain an empty segment");
    refused("consul://:s3cret@127.0.0.1:1/features", 6, "127.0.0.1:1 refused the connection");
    refused("consul://ada:s3cret@localhost", 3, "write a token between `:` and `@`, without a user");
    refused(&server.url().replace("://", "://:s3cret@"), 3, "Consul does not know the token");
    put("features/broken", "x");
    put("features/renamed", &written[0].to_string());
    refused(&server.url(), 3, "features/broken: ");
    refused(&server.url(), 3, "features/renamed: the key has the name \"renamed\", and the flag ");
}

#[test]
fn flags_of_flypper_in_tables_move_over() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("flypper.db");
    let path = path.to_str().expect("UTF-8");
    let Some(written) = write("flypper", &format!("sqlite:///{path}")) else { return };
    assert_eq!(written.len(), 4);
    let import = |place: &str| {
        let directory = tempfile::tempdir().expect("a directory");
        let imported = feats(&store(&directory), &["flag", "import", "--from", "flypper-sql", place, "--json"]).json();
        assert_eq!(imported["created"], 4, "{imported}");
        imported
    };
    let imported = import(path);
    assert_eq!(imported["flags"].as_array().map(Vec::len), Some(4));

    // The table as SQLAlchemy creates it there.
    let rows = written.iter().map(|flag| {
        let text = flag.to_string().replace('\'', "''");
        format!(
            "INSERT INTO flypper_flags VALUES ('{}', {}, '{text}');",
            flag["name"].as_str().expect("a name"),
            flag["version"]
        )
    });
    let rows: String = rows.collect();
    let create =
        "CREATE TABLE flypper_flags (name VARCHAR(100) PRIMARY KEY, version INTEGER NOT NULL, data JSON NOT NULL);";
    if Postgres::available() {
        let server = Postgres::start();
        let url = server.database();
        server.sql(url.rsplit('/').next().expect("a name"), &format!("{create}{rows}"));
        assert_eq!(import(&url), imported);
    }
    if MariaDb::available() {
        let server = MariaDb::start();
        let url = server.database();
        server.sql(url.rsplit('/').next().expect("a name"), &format!("{create}{rows}"));
        assert_eq!(import(&url), imported);
    }
}
