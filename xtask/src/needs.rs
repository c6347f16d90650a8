//! The programs that tests need, their checks, and their installation.

use std::path::Path;

use crate::cargo::Host;
use crate::command::{answers, show};
use crate::{consul, python};

/// A program that must be installed.
struct Need {
    name: &'static str,
    /// The purpose of the program.
    why: &'static str,
    /// A command that succeeds if the program is installed.
    probe: &'static [&'static str],
    remedy: Remedy,
}

/// The way to install a program.
enum Remedy {
    /// `apt-get install`, on Debian and its derivatives.
    Apt(&'static str),
    /// `rustup component add`.
    Rustup(&'static str),
    /// `npm ci` in a folder with a `package.json`.
    Npm(&'static str),
    /// The virtual environment of Python.
    Python,
    /// The package of an older Debian, unpacked into `target/consul`.
    Consul,
    /// Manual installation, with the address of the instructions.
    ByHand(&'static str),
}

/// All programs.
#[rustfmt::skip]
const NEEDS: &[Need] = &[
    Need { name: "cargo", why: "builds everything", probe: &["cargo", "--version"], remedy: Remedy::ByHand("https://rustup.rs") },
    Need { name: "rustfmt", why: "checks the formatting", probe: &["cargo", "fmt", "--version"], remedy: Remedy::Rustup("rustfmt") },
    Need { name: "clippy", why: "checks the code", probe: &["cargo", "clippy", "--version"], remedy: Remedy::Rustup("clippy") },
    Need { name: "a C compiler", why: "links programs and builds SQLite", probe: &["cc", "--version"], remedy: Remedy::Apt("gcc libc6-dev") },
    Need { name: "redis-server", why: "runs as a store under test", probe: &["redis-server", "--version"], remedy: Remedy::Apt("redis-server") },
    Need { name: "redis-cli", why: "creates clusters of servers", probe: &["redis-cli", "--version"], remedy: Remedy::Apt("redis-tools") },
    Need { name: "redis-sentinel", why: "promotes replicas", probe: &["redis-sentinel", "--version"], remedy: Remedy::Apt("redis-sentinel") },
    Need { name: "postgresql", why: "runs as a store under test", probe: &["sh", "-c", "ls /usr/lib/postgresql/*/bin/initdb && psql --version"], remedy: Remedy::Apt("postgresql") },
    Need { name: "mariadb-server", why: "runs as a store under test", probe: &["sh", "-c", "mariadbd --version && mariadb --version"], remedy: Remedy::Apt("mariadb-server") },
    Need { name: "consul", why: "runs as a store under test", probe: consul::PROBE, remedy: Remedy::Consul },
    Need { name: "chromium", why: "renders the console in tests", probe: &["chromium", "--version"], remedy: Remedy::Apt("chromium") },
    Need { name: "chromedriver", why: "controls the browser", probe: &["chromedriver", "--version"], remedy: Remedy::Apt("chromium-driver") },
    Need { name: "a font", why: "renders text in the browser", probe: &["sh", "-c", "fc-list | grep -q ."], remedy: Remedy::Apt("fontconfig fonts-dejavu-core") },
    Need { name: "npm", why: "installs axe-core", probe: &["npm", "--version"], remedy: Remedy::Apt("npm") },
    Need { name: "python3", why: "runs the systems that teams move over from", probe: &["python3", "-c", "import ensurepip, venv"], remedy: Remedy::Apt("python3 python3-venv") },
    Need { name: PYTHON_PACKAGES, why: "decide beside feats in tests and benches, and run as a store under test", probe: python::PROBE, remedy: Remedy::Python },
    Need { name: "axe-core", why: "checks the accessibility of the console", probe: &["npm", "ls", "--prefix", "tests/console"], remedy: Remedy::Npm("tests/console") },
];

/// The name of the Python packages. They come from an index that some machines cannot reach.
const PYTHON_PACKAGES: &str = "flipper-client, flypper and moto";

/// What a developer's machine may lack: the tests that need it are skipped there.
const OPTIONAL: &[&str] = &["postgresql", "mariadb-server", "consul", "python3", PYTHON_PACKAGES];

/// Installs missing programs, as far as possible on this machine.
///
/// # Errors
/// Returns the programs that are still missing, and how to install them. A developer's machine skips the tests of the
/// [optional](OPTIONAL) ones, so there a message is enough.
pub(crate) fn setup(host: Host) -> Result<(), String> {
    let missing: Vec<_> = NEEDS.iter().filter(is_missing).collect();
    if missing.is_empty() {
        println!("all programs that tests need are installed");
        return Ok(());
    }
    install(&missing);
    let still = missing.into_iter().filter(is_missing);
    let (required, optional): (Vec<_>, Vec<_>) = still.partition(|need| need.is_required(host));
    if !optional.is_empty() {
        println!("{}; their tests are skipped", advice(&optional));
    }
    if required.is_empty() { Ok(()) } else { Err(advice(&required)) }
}

fn is_missing(need: &&Need) -> bool {
    !answers(need.probe)
}

fn install(missing: &[&Need]) {
    let packages: Vec<_> = missing.iter().filter_map(|need| need.remedy.packages()).flatten().collect();
    if !packages.is_empty()
        && let Some(apt) = apt()
    {
        show(&apt, &["update", "--quiet"]);
        show(&apt, &[&["install", "--yes", "--no-install-recommends"], packages.as_slice()].concat());
    }
    let components: Vec<_> = missing.iter().filter_map(|need| need.remedy.component()).collect();
    if !components.is_empty() && answers(&["rustup", "--version"]) {
        show(&["rustup"], &[&["component", "add"], components.as_slice()].concat());
    }
    // Last, because Python and npm may have been installed just now.
    if missing.iter().any(|need| matches!(need.remedy, Remedy::Python)) && answers(&["python3", "--version"]) {
        python::install();
    }
    if missing.iter().any(|need| matches!(need.remedy, Remedy::Consul)) {
        consul::install();
    }
    for folder in missing.iter().filter_map(|need| need.remedy.folder()) {
        show(&["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"], &[folder]);
    }
}

/// Returns the command that runs apt: as root, or with `sudo` if it needs no password.
fn apt() -> Option<Vec<&'static str>> {
    if !Path::new("/etc/debian_version").exists() {
        return None;
    }
    let apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"];
    if answers(&["sh", "-c", "test $(id -u) = 0"]) {
        Some(apt.to_vec())
    } else if answers(&["sudo", "--non-interactive", "true"]) {
        Some([&["sudo", "--non-interactive"], apt.as_slice()].concat())
    } else {
        None
    }
}

fn advice(missing: &[&Need]) -> String {
    let lines = missing.iter().map(|need| format!("\n  {} ({}): {}", need.name, need.why, need.remedy.advice()));
    format!("missing programs:{}", lines.collect::<String>())
}

impl Need {
    fn is_required(&self, host: Host) -> bool {
        host == Host::Ci || !OPTIONAL.contains(&self.name)
    }
}

impl Remedy {
    fn packages(&self) -> Option<std::str::SplitWhitespace<'static>> {
        match self {
            Self::Apt(packages) => Some(packages.split_whitespace()),
            Self::Rustup(_) | Self::Npm(_) | Self::Python | Self::Consul | Self::ByHand(_) => None,
        }
    }

    fn component(&self) -> Option<&'static str> {
        match self {
            Self::Rustup(component) => Some(component),
            Self::Apt(_) | Self::Npm(_) | Self::Python | Self::Consul | Self::ByHand(_) => None,
        }
    }

    fn folder(&self) -> Option<&'static str> {
        match self {
            Self::Npm(folder) => Some(folder),
            Self::Apt(_) | Self::Rustup(_) | Self::Python | Self::Consul | Self::ByHand(_) => None,
        }
    }

    fn advice(&self) -> String {
        match self {
            Self::Apt(packages) => {
                format!("on Debian `apt-get install {packages}`; on other systems the equivalent packages")
            }
            Self::Rustup(component) => format!("`rustup component add {component}`"),
            Self::Npm(folder) => format!("`npm ci --ignore-scripts --prefix {folder}`"),
            Self::Python => "`cargo xtask setup`, with access to the Python package index".to_owned(),
            Self::Consul => "`cargo xtask setup` on Debian; on other systems install Consul".to_owned(),
            Self::ByHand(place) => format!("see {place}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABSENT: Need = Need {
        name: "a tea kettle",
        why: "for long builds",
        probe: &["no-such-program-anywhere", "--version"],
        remedy: Remedy::Apt("kettle"),
    };

    #[test]
    fn a_program_that_cannot_be_started_is_missing() {
        assert!(is_missing(&&ABSENT));
        assert!(!is_missing(&&NEEDS[0]), "cargo is installed");
    }

    #[test]
    fn python_and_most_servers_are_required_only_in_continuous_integration() {
        let optional = NEEDS.iter().filter(|need| !need.is_required(Host::Developer)).map(|need| need.name);
        assert!(optional.eq(OPTIONAL.iter().copied()));
        assert!(NEEDS.iter().all(|need| need.is_required(Host::Ci)));
    }

    #[test]
    fn advice_lists_missing_programs_with_purpose_and_installation() {
        let advice = advice(&[&ABSENT]);
        assert!(advice.contains("a tea kettle (for long builds): on Debian `apt-get install kettle`"), "{advice}");
    }
}
