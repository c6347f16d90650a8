//! One MariaDB server.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::certificates::Certificates;
use crate::daemon::{self, Daemon, Directory, impl_daemon};
use crate::disk::SmallDisk;
use crate::{available, ports};

/// A MariaDB server on a free port of `127.0.0.1`. It is killed, and its data deleted, when it is dropped. The user `root` needs
/// no password.
pub struct MariaDb {
    daemon: Daemon,
    certificates: Option<Certificates>,
    databases: AtomicU32,
}

/// The configuration of a server.
#[must_use = "a server does nothing until it is started"]
#[derive(Default)]
pub struct MariaDbBuilder {
    durable: bool,
    tls: bool,
    small_disk: bool,
    arguments: Vec<String>,
}

const SOCKET: &str = "socket";

impl MariaDbBuilder {
    /// Flushes every commit to disk before it is acknowledged.
    pub fn durable(mut self) -> Self {
        self.durable = true;
        self
    }

    /// Offers TLS on the port.
    pub fn tls(mut self) -> Self {
        self.tls = true;
        self
    }

    /// Keeps the data on a small disk. Needs [`SmallDisk::available`].
    pub fn small_disk(mut self) -> Self {
        self.small_disk = true;
        self
    }

    /// Adds an argument, such as `--max-allowed-packet=1M`.
    pub fn arg(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }

    /// Starts the server and waits until it answers.
    ///
    /// # Panics
    /// Panics if the server does not start.
    pub fn start(self) -> MariaDb {
        daemon::start("mariadbd", ports::free, |port| MariaDb::launch_on(port, &self))
    }
}

impl MariaDb {
    /// Returns `true` if MariaDB is installed. Otherwise prints a line, and the calling test is skipped.
    ///
    /// # Panics
    /// Panics if it is missing and `CI` is set.
    pub fn available() -> bool {
        available::are_installed(&["mariadbd", "mariadb", "mariadb-install-db"])
    }

    /// Starts a server that does not flush each commit to disk.
    pub fn start() -> Self {
        Self::builder().start()
    }

    /// Returns the configuration of a server.
    pub fn builder() -> MariaDbBuilder {
        MariaDbBuilder::default()
    }

    /// Creates an empty database and returns its URL for the user `root`.
    ///
    /// # Panics
    /// Panics if the server does not create it.
    pub fn database(&self) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.sql("mysql", &format!("CREATE DATABASE {name}"));
        format!("mysql://root@127.0.0.1:{}/{name}", self.port())
    }

    /// Runs statements in a database as the superuser, and returns the output: a line for each row, with tabs between columns.
    ///
    /// # Panics
    /// Panics if the server answers with an error, or not at all.
    pub fn sql(&self, database: &str, statements: &str) -> String {
        let output = self.client(database).args(["-e", statements]).output().expect("mariadb");
        assert!(output.status.success(), "{}\n{}", String::from_utf8_lossy(&output.stderr), self.daemon.log());
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    }

    /// Returns a client on a database, as the superuser and independent of the port. Its standard input can hold a transaction open.
    pub fn client(&self, database: &str) -> Command {
        let mut command = Command::new("mariadb");
        command.args(["--no-defaults", "-N", "-B", "-n", "-u", "root", "-S"]).arg(self.socket());
        command.arg(database).stdin(Stdio::null());
        command
    }

    /// Returns the path of the Unix socket.
    pub fn socket(&self) -> PathBuf {
        self.daemon.directory().join(SOCKET)
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

    fn launch_on(port: u16, builder: &MariaDbBuilder) -> Result<Self, String> {
        let directory = Directory::with_data(builder.small_disk);
        let certificates = builder.tls.then(|| Certificates::create(directory.path()));
        let data = directory.data();
        let user = rustix::process::getuid().is_root().then(|| "--user=root".to_owned());
        let mut install = Command::new("mariadb-install-db");
        install.args([
            "--no-defaults",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            "--skip-name-resolve",
        ]);
        // A server deletes the temporary tables that it finds when it starts, so each has its own directory.
        let temporary = format!("--tmpdir={}", directory.path().display());
        install.arg(format!("--datadir={}", data.display())).arg(&temporary).args(&user).current_dir(directory.path());
        let output = install.output().expect("mariadb-install-db");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

        let mut arguments = vec!["--no-defaults".to_owned()];
        arguments.extend(user);
        arguments.extend([
            format!("--datadir={}", data.display()),
            temporary,
            format!("--socket={}", directory.path().join(SOCKET).display()),
            format!("--pid-file={}", directory.path().join("pid").display()),
            format!("--port={port}"),
            "--bind-address=127.0.0.1".to_owned(),
            "--skip-name-resolve".to_owned(),
            "--innodb-buffer-pool-size=32M".to_owned(),
            "--innodb-log-file-size=16M".to_owned(),
            format!("--innodb-flush-log-at-trx-commit={}", if builder.durable { 1 } else { 2 }),
        ]);
        if let Some(files) = &certificates {
            arguments.push(format!("--ssl-ca={}", files.ca().display()));
            arguments.push(format!("--ssl-cert={}", files.certificate().display()));
            arguments.push(format!("--ssl-key={}", files.key().display()));
        }
        arguments.extend(builder.arguments.iter().cloned());
        let daemon = Daemon::new(directory, port, "mariadbd", arguments);
        let server = Self { daemon, certificates, databases: AtomicU32::new(0) };
        if server.launch() { Ok(server) } else { Err(server.daemon.log()) }
    }

    fn launch(&self) -> bool {
        self.daemon.launch(|| {
            let mut command = self.client("mysql");
            command.args(["-e", "SELECT 1"]).stdout(Stdio::null()).stderr(Stdio::null());
            command.status().is_ok_and(|status| status.success())
        })
    }
}

impl_daemon!(MariaDb);
