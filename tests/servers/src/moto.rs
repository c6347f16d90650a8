//! One server with the API of S3, which keeps everything in memory.

use std::path::{Path, PathBuf};

use crate::daemon::{self, Daemon, Directory, impl_daemon};
use crate::http::request;
use crate::{available, ports};

/// A `moto_server` on a free port of `127.0.0.1`. It accepts any credentials. It is killed when it is dropped.
pub struct Moto {
    daemon: Daemon,
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
        daemon::start("moto_server", ports::free, Self::launch_on)
    }

    /// Returns the address of the API, `http://127.0.0.1:port`.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port())
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
        request(self.port(), method, path, &[CREDENTIALS], body).expect("an answer of the server")
    }

    fn launch_on(port: u16) -> Result<Self, String> {
        let program = program().expect("moto is installed").display().to_string();
        let arguments = ["-H", "127.0.0.1", "-p", &port.to_string()].map(str::to_owned).to_vec();
        let server = Self { daemon: Daemon::new(Directory::create(), port, program, arguments) };
        if server.launch() { Ok(server) } else { Err(server.daemon.log()) }
    }

    fn launch(&self) -> bool {
        self.daemon.launch(|| request(self.port(), "GET", "/", &[], "").is_ok_and(|(status, _)| status == 200))
    }
}

impl_daemon!(Moto);

/// Returns the program in the virtual environment of `cargo xtask setup`.
fn program() -> Option<PathBuf> {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/python/bin/moto_server");
    program.exists().then_some(program)
}
