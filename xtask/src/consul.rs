//! Consul for tests: Debian 11 is the last Debian with a package of it.

use crate::command::show;

/// A command that succeeds if Consul is unpacked or installed.
pub(crate) const PROBE: &[&str] = &["sh", "-c", "target/consul/usr/bin/consul version || consul version"];

/// Downloads the package with lists and caches of its own, and unpacks it. The system's packages stay as they are.
const SCRIPT: &str = r#"
set -e
mkdir -p target/consul/lists/partial target/consul/archives/partial
cd target/consul
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian bullseye main" > sources.list
apt="-o Dir::Etc::sourcelist=$PWD/sources.list -o Dir::Etc::sourceparts=- -o Dir::State::lists=$PWD/lists -o Dir::Cache=$PWD"
apt="$apt -o APT::Sandbox::User=root"
apt-get $apt --quiet update
apt-get $apt --quiet download consul
dpkg -x consul_*.deb .
"#;

/// Installs Consul into `target/consul`, where this is a Debian system. Shows the output.
pub(crate) fn install() {
    if std::path::Path::new("/etc/debian_version").exists() {
        show(&["sh", "-c"], &[SCRIPT]);
    }
}
