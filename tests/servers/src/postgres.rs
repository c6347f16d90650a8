//! One PostgreSQL server.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::certificates::Certificates;
use crate::daemon::{self, DATA, Daemon, Directory, impl_daemon};
use crate::disk::SmallDisk;
use crate::{available, ports};

/// A PostgreSQL server on a free port of `127.0.0.1`. It is killed, and its data deleted, when it is dropped.
///
/// The user `postgres` needs no password; every other user does.
pub struct Postgres {
    daemon: Daemon,
    certificates: Option<Certificates>,
    databases: AtomicU32,
}

/// The configuration of a server.
#[must_use = "a server does nothing until it is started"]
#[derive(Default)]
pub struct PostgresBuilder {
    durable: bool,
    tls: bool,
    small_disk: bool,
    settings: Vec<String>,
}

/// The user that runs the server if the tests run as root, for which it refuses to start.
const USER: &str = "postgres";

impl PostgresBuilder {
    /// Flushes every commit to disk before it is acknowledged.
    pub fn durable(mut self) -> Self {
        self.durable = true;
        self
    }

    /// Requires TLS from every user but `postgres`.
    pub fn tls(mut self) -> Self {
        self.tls = true;
        self
    }

    /// Keeps the data on a small disk. Needs [`SmallDisk::available`].
    pub fn small_disk(mut self) -> Self {
        self.small_disk = true;
        self
    }

    /// Adds a setting, such as `max_connections=5`.
    pub fn setting(mut self, setting: &str) -> Self {
        self.settings.push(setting.to_owned());
        self
    }

    /// Starts the server and waits until it answers.
    ///
    /// # Panics
    /// Panics if the server does not start.
    pub fn start(self) -> Postgres {
        daemon::start("postgres", ports::free, |port| Postgres::launch_on(port, &self))
    }
}

impl Postgres {
    /// Returns `true` if PostgreSQL is installed. Otherwise prints a line, and the calling test is skipped.
    ///
    /// # Panics
    /// Panics if it is missing and `CI` is set.
    pub fn available() -> bool {
        available::found("postgresql", programs().is_some())
    }

    /// Starts a server that does not flush to disk.
    pub fn start() -> Self {
        Self::builder().start()
    }

    /// Returns the configuration of a server.
    pub fn builder() -> PostgresBuilder {
        PostgresBuilder::default()
    }

    /// Creates an empty database and returns its URL for the user `postgres`.
    ///
    /// # Panics
    /// Panics if the server does not create it.
    pub fn database(&self) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("CREATE DATABASE {name}"));
        format!("postgres://{USER}@127.0.0.1:{}/{name}", self.port())
    }

    /// Runs statements in a database as the superuser, and returns the output: a line for each row, with `|` between columns.
    ///
    /// # Panics
    /// Panics if the server answers with an error, or not at all.
    pub fn sql(&self, database: &str, statements: &str) -> String {
        let output = self.psql(database).args(["-v", "ON_ERROR_STOP=1", "-c", statements]).output().expect("psql");
        assert!(output.status.success(), "{}\n{}", String::from_utf8_lossy(&output.stderr), self.daemon.log());
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    }

    /// Returns a `psql` on a database, as the superuser and independent of the port. Its standard input can hold a transaction open.
    pub fn psql(&self, database: &str) -> Command {
        let mut command = Command::new("psql");
        command.args(["-X", "-A", "-t", "-q", "-U", USER, "-d", database, "-p", &self.port().to_string(), "-h"]);
        command.arg(self.daemon.directory()).stdin(Stdio::null());
        command
    }

    /// Returns the directory of the Unix socket, on which no user needs a password.
    pub fn socket(&self) -> &Path {
        self.daemon.directory()
    }

    /// Returns the disk of a server with a small one.
    ///
    /// # Panics
    /// Panics if the server has none.
    pub fn disk(&self) -> &SmallDisk {
        self.daemon.disk()
    }

    /// Returns the certificates of a server with TLS.
    ///
    /// # Panics
    /// Panics if the server has no TLS.
    pub fn certificates(&self) -> &Certificates {
        self.certificates.as_ref().expect("a server with TLS")
    }

    fn launch_on(port: u16, builder: &PostgresBuilder) -> Result<Self, String> {
        let directory = Directory::with_data(builder.small_disk);
        let programs = programs().expect("PostgreSQL is installed");
        let certificates = builder.tls.then(|| Certificates::create(directory.path()));
        give(directory.path());
        let initdb = programs.join("initdb").display().to_string();
        let (program, mut arguments) = as_user(&initdb);
        arguments.extend(
            ["-D", DATA, "-A", "trust", "-U", USER, "--no-sync", "-E", "UTF8", "--locale=C"].map(str::to_owned),
        );
        let output = Command::new(program).args(&arguments).current_dir(directory.path()).output().expect("initdb");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let kind = if builder.tls { "hostssl" } else { "host" };
        let rules = format!(
            "local all all trust\nhost all {USER} 127.0.0.1/32 trust\n{kind} all all 127.0.0.1/32 scram-sha-256\n"
        );
        fs::write(directory.data().join("pg_hba.conf"), rules).expect("rules");

        let postgres = programs.join("postgres").display().to_string();
        let (program, mut arguments) = as_user(&postgres);
        let sockets = directory.path().display();
        arguments.extend(
            ["-D", DATA, "-h", "127.0.0.1", "-p", &port.to_string(), "-k", &sockets.to_string()].map(str::to_owned),
        );
        let mut settings = vec![format!("fsync={}", if builder.durable { "on" } else { "off" })];
        if let Some(files) = &certificates {
            settings.push("ssl=on".to_owned());
            settings.push(format!("ssl_cert_file={}", files.certificate().display()));
            settings.push(format!("ssl_key_file={}", files.key().display()));
            settings.push(format!("ssl_ca_file={}", files.ca().display()));
        }
        settings.extend(builder.settings.iter().cloned());
        arguments.extend(settings.into_iter().flat_map(|setting| ["-c".to_owned(), setting]));
        let daemon = Daemon::new(directory, port, program, arguments);
        let server = Self { daemon, certificates, databases: AtomicU32::new(0) };
        if server.launch() { Ok(server) } else { Err(server.daemon.log()) }
    }

    fn launch(&self) -> bool {
        // The lock file of a killed server names a process that is gone.
        let _ = fs::remove_file(self.daemon.directory().join(DATA).join("postmaster.pid"));
        self.daemon.launch(|| {
            let mut command = self.psql("postgres");
            command.args(["-c", "SELECT 1"]).stdout(Stdio::null()).stderr(Stdio::null());
            command.status().is_ok_and(|status| status.success())
        })
    }
}

impl_daemon!(Postgres);

/// Returns the folder with the programs of the newest installed version.
fn programs() -> Option<PathBuf> {
    let mut versions: Vec<PathBuf> =
        fs::read_dir("/usr/lib/postgresql").ok()?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    versions.retain(|path| path.join("bin/initdb").exists());
    let number = |path: &Path| path.file_name()?.to_str()?.parse::<u32>().ok();
    versions.sort_by_key(|path| number(path));
    Some(versions.pop()?.join("bin"))
}

/// Returns the program that runs another one, as the server's user if the tests run as root, with the arguments so far.
fn as_user(program: &str) -> (String, Vec<String>) {
    if rustix::process::getuid().is_root() {
        let arguments = [&format!("--reuid={USER}"), &format!("--regid={USER}"), "--clear-groups", program];
        ("setpriv".to_owned(), arguments.map(str::to_owned).to_vec())
    } else {
        (program.to_owned(), Vec::new())
    }
}

/// Makes the server's user the owner of a directory and of the files in it.
fn give(directory: &Path) {
    let key = directory.join("server.key");
    let mut command = Command::new("sh");
    command.args(["-c", r#"test ! -e "$2" || chmod 600 "$2"; test "$(id -u)" != 0 || chown -R "$3:$3" "$1""#, "sh"]);
    let status = command.arg(directory).arg(key).arg(USER).status();
    assert!(status.is_ok_and(|status| status.success()), "the directory of the server has its owner");
}
