//! Processes that end with the test.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value as Json;

/// A server in another process.
pub struct Peer {
    pub port: String,
    process: Child,
}

impl Peer {
    /// Starts a server in Python, which prints its port.
    pub fn python(interpreter: &Path, program: &str, arguments: &[&str]) -> Self {
        let mut command = Command::new(interpreter);
        // Without `-B`, Python writes compiled files beside the sources.
        command.arg("-B").arg(folder().join(program)).args(arguments);
        Self::start(command, str::to_owned)
    }

    fn start(mut command: Command, port: impl Fn(&str) -> String) -> Self {
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("it starts");
        let mut line = String::new();
        let mut output = BufReader::new(process.stdout.take().expect("output"));
        output.read_line(&mut line).expect("a line");
        assert!(!line.is_empty(), "the server has ended");
        // The pipe stays open, so that the server can write more.
        std::thread::spawn(move || output.read_to_end(&mut Vec::new()));
        Self { port: port(line.trim()), process }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Starts `feats thrift-serve` on a store.
pub fn service(store: &str, arguments: &[&str]) -> Peer {
    let mut command = Command::new(env!("CARGO_BIN_EXE_feats"));
    command.args(["thrift-serve", "--listen", "127.0.0.1:0"]).args(arguments).env("FEATS_STORE", store);
    Peer::start(command, |line| {
        let address = line.split_once(" on 127.0.0.1:").expect("an address").1;
        address.split_once(',').expect("a port").0.to_owned()
    })
}

/// Runs a program in Python, and returns the JSON that it prints.
pub fn python(interpreter: &Path, program: &str, arguments: &[&str]) -> Json {
    let output = Command::new(interpreter).arg("-B").arg(folder().join(program)).args(arguments).output();
    let output = output.expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/moving_over/thrift")
}
