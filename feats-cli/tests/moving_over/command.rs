//! The `feats` command.

use std::process::{Command, Stdio};

use serde_json::Value as Json;
use tokio::runtime::{Builder, Runtime};

/// The exit code and output of a command.
pub struct Done {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// Runs the command on a store.
pub fn feats(store: &str, arguments: &[&str]) -> Done {
    let mut command = Command::new(env!("CARGO_BIN_EXE_feats"));
    command.args(arguments).env("FEATS_STORE", store).env("FEATS_AUTHOR", "ada").stdin(Stdio::null());
    command.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test");
    let output = command.output().expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Done { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
}

impl Done {
    /// Returns the output of a command that succeeded.
    pub fn json(&self) -> Json {
        assert_eq!(self.code, 0, "{}", self.err);
        serde_json::from_str(&self.out).expect("JSON")
    }
}

pub fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime")
}
