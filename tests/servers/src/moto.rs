//! One server with the API of S3, which keeps everything in memory.

use std::path::{Path, PathBuf};

use crate::daemon::{ATTEMPTS, Daemon};
use crate::http::request;
use crate::{available, ports};

/// A `moto_server` on a free port of `127.0.0.1`. It accepts any credentials. It is killed when it is dropped.
pub struct Moto {
    daemon: Daemon,
    port: u16,
}

/// Credentials of which moto checks only the form.
const CREDENTIALS: (&str, &str) = (
    "Authorization",
    "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0",
);

impl Moto {
    /// Returns `true` if moto is installed. Otherwise prints a line, and the calling test is skipped.
    ///
    /// # Panics
    /// Panics if it is missing and `CI` is set.
    pub fn available() -> bool {
        available::found("moto", program().is_some())
    }

    /// Starts a server and waits until it answers.
    ///
    /// # Panics
    /// Panics if the server does not start.
    pub fn start() -> Self {
        let mut last = String::new();
        for _ in 0..ATTEMPTS {
            let port = ports::free();
            let program = program().expect("moto is installed").display().to_string();
            let arguments = ["-H", "127.0.0.1", "-p", &port.to_string()].map(str::to_owned).to_vec();
            let server = Self { daemon: Daemon::new(Daemon::directory_for_data(), program, arguments), port };
            if server.launch() {
                return server;
            }
            last = server.daemon.log();
        }
        panic!("moto_server does not start:\n{last}")
    }

    /// Returns the port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Returns the address of the API, `http://127.0.0.1:port`.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Creates a bucket.
    ///
    /// # Panics
    /// Panics if the server does not create it.
    pub fn create_bucket(&self, name: &str) {
        let (status, body) = self.request("PUT", &format!("/{name}"), "");
        assert_eq!(status, 200, "{body}");
    }

    /// Sends a request, and returns the status and the body: `moto.request("GET", "/bucket?list-type=2", "")`.
    ///
    /// # Panics
    /// Panics if the server does not answer.
    pub fn request(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        request(self.port, method, path, &[CREDENTIALS], body).expect("an answer of the server")
    }

    /// Kills the server with `kill -9`. Its data is lost.
    pub fn kill(&self) {
        self.daemon.kill();
    }

    /// Starts the server again, without data.
    ///
    /// # Panics
    /// Panics if the server does not start.
    pub fn restart(&self) {
        self.daemon.kill();
        assert!(self.launch(), "the server does not start again:\n{}", self.daemon.log());
    }

    /// Suspends the server.
    pub fn pause(&self) {
        self.daemon.pause();
    }

    /// Resumes the server.
    pub fn resume(&self) {
        self.daemon.resume();
    }

    fn launch(&self) -> bool {
        self.daemon.launch(|| request(self.port, "GET", "/", &[], "").is_ok_and(|(status, _)| status == 200))
    }
}

/// Returns the program in the virtual environment of `cargo xtask setup`.
fn program() -> Option<PathBuf> {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/python/bin/moto_server");
    program.exists().then_some(program)
}
