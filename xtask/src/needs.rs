//! The programs that tests need, their checks, and their installation.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::root;

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
    Need { name: "chromium", why: "renders the console in tests", probe: &["chromium", "--version"], remedy: Remedy::Apt("chromium") },
    Need { name: "chromedriver", why: "controls the browser", probe: &["chromedriver", "--version"], remedy: Remedy::Apt("chromium-driver") },
    Need { name: "a font", why: "renders text in the browser", probe: &["sh", "-c", "fc-list | grep -q ."], remedy: Remedy::Apt("fontconfig fonts-dejavu-core") },
    Need { name: "npm", why: "installs axe-core", probe: &["npm", "--version"], remedy: Remedy::Apt("npm") },
    Need { name: "axe-core", why: "checks the accessibility of the console", probe: &["npm", "ls", "--prefix", "tests/console"], remedy: Remedy::Npm("tests/console") },
];

/// Installs missing programs, as far as possible on this machine.
///
/// # Errors
/// Returns the programs that are still missing, and how to install them.
pub(crate) fn setup() -> Result<(), String> {
    let missing: Vec<_> = NEEDS.iter().filter(is_missing).collect();
    if missing.is_empty() {
        println!("all programs that tests need are installed");
        return Ok(());
    }
    install(&missing);
    let still: Vec<_> = missing.into_iter().filter(is_missing).collect();
    if still.is_empty() { Ok(()) } else { Err(advice(&still)) }
}

/// Returns `true` if a command succeeds. Its output is not shown.
pub(crate) fn answers(command: &[&str]) -> bool {
    let Some((program, arguments)) = command.split_first() else { return false };
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn is_missing(need: &&Need) -> bool {
    !answers(need.probe)
}

fn install(missing: &[&Need]) {
    let packages: Vec<_> = missing.iter().filter_map(|need| need.remedy.packages()).flatten().collect();
    if !packages.is_empty()
        && let Some(apt) = apt()
    {
        run(&apt, &["update", "--quiet"]);
        run(&apt, &[&["install", "--yes", "--no-install-recommends"], packages.as_slice()].concat());
    }
    let components: Vec<_> = missing.iter().filter_map(|need| need.remedy.component()).collect();
    if !components.is_empty() && answers(&["rustup", "--version"]) {
        run(&["rustup"], &[&["component", "add"], components.as_slice()].concat());
    }
    // Last, because npm may have been installed just now.
    for folder in missing.iter().filter_map(|need| need.remedy.folder()) {
        run(&["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"], &[folder]);
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

/// Runs a command and shows its output. The checks show whether it was successful.
fn run(command: &[&str], arguments: &[&str]) {
    let line = [command, arguments].concat();
    println!("$ {}", line.join(" "));
    if let Some((program, arguments)) = line.split_first() {
        let _ = Command::new(program).args(arguments).current_dir(root()).stdin(Stdio::null()).status();
    }
}

fn advice(missing: &[&Need]) -> String {
    let lines = missing.iter().map(|need| format!("\n  {} ({}): {}", need.name, need.why, need.remedy.advice()));
    format!("missing programs:{}", lines.collect::<String>())
}

impl Remedy {
    fn packages(&self) -> Option<std::str::SplitWhitespace<'static>> {
        match self {
            Self::Apt(packages) => Some(packages.split_whitespace()),
            Self::Rustup(_) | Self::Npm(_) | Self::ByHand(_) => None,
        }
    }

    fn component(&self) -> Option<&'static str> {
        match self {
            Self::Rustup(component) => Some(component),
            Self::Apt(_) | Self::Npm(_) | Self::ByHand(_) => None,
        }
    }

    fn folder(&self) -> Option<&'static str> {
        match self {
            Self::Npm(folder) => Some(folder),
            Self::Apt(_) | Self::Rustup(_) | Self::ByHand(_) => None,
        }
    }

    fn advice(&self) -> String {
        match self {
            Self::Apt(packages) => {
                format!("on Debian `apt-get install {packages}`; on other systems the equivalent packages")
            }
            Self::Rustup(component) => format!("`rustup component add {component}`"),
            Self::Npm(folder) => format!("`npm ci --ignore-scripts --prefix {folder}`"),
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
    fn advice_lists_missing_programs_with_purpose_and_installation() {
        let advice = advice(&[&ABSENT]);
        assert!(advice.contains("a tea kettle (for long builds): on Debian `apt-get install kettle`"), "{advice}");
    }
}
