//! What the tests need on a machine, how to see whether it is there, and how to get it.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::root;

/// Something that has to be installed.
struct Need {
    name: &'static str,
    /// What it is needed for.
    why: &'static str,
    /// A command that succeeds where it is there.
    probe: &'static [&'static str],
    remedy: Remedy,
}

/// Who installs it.
enum Remedy {
    /// `apt-get install`, on Debian and its children.
    Apt(&'static str),
    /// `rustup component add`.
    Rustup(&'static str),
    /// `npm ci` in a folder, which says what it needs and in which versions.
    Npm(&'static str),
    /// Only people: where they find it.
    ByHand(&'static str),
}

/// One line for each need.
#[rustfmt::skip]
const NEEDS: &[Need] = &[
    Need { name: "cargo", why: "builds everything", probe: &["cargo", "--version"], remedy: Remedy::ByHand("https://rustup.rs") },
    Need { name: "rustfmt", why: "checks the formatting", probe: &["cargo", "fmt", "--version"], remedy: Remedy::Rustup("rustfmt") },
    Need { name: "clippy", why: "checks the code", probe: &["cargo", "clippy", "--version"], remedy: Remedy::Rustup("clippy") },
    Need { name: "a C compiler", why: "links programs and builds SQLite", probe: &["cc", "--version"], remedy: Remedy::Apt("gcc libc6-dev") },
    Need { name: "redis-server", why: "the store that is tested, and harmed", probe: &["redis-server", "--version"], remedy: Remedy::Apt("redis-server") },
    Need { name: "redis-cli", why: "makes clusters of servers", probe: &["redis-cli", "--version"], remedy: Remedy::Apt("redis-tools") },
    Need { name: "redis-sentinel", why: "makes a replica the master", probe: &["redis-sentinel", "--version"], remedy: Remedy::Apt("redis-sentinel") },
    Need { name: "chromium", why: "shows the console as people see it", probe: &["chromium", "--version"], remedy: Remedy::Apt("chromium") },
    Need { name: "chromedriver", why: "steers the browser", probe: &["chromedriver", "--version"], remedy: Remedy::Apt("chromium-driver") },
    Need { name: "a font", why: "text in a browser has a width", probe: &["sh", "-c", "fc-list | grep -q ."], remedy: Remedy::Apt("fontconfig fonts-dejavu-core") },
    Need { name: "npm", why: "installs axe-core", probe: &["npm", "--version"], remedy: Remedy::Apt("npm") },
    Need { name: "axe-core", why: "finds what is not accessible", probe: &["npm", "ls", "--prefix", "tests/console"], remedy: Remedy::Npm("tests/console") },
];

/// Installs what is missing, as far as that is possible here.
///
/// # Errors
/// What is still missing, and how to get it.
pub(crate) fn setup() -> Result<(), String> {
    let missing: Vec<_> = NEEDS.iter().filter(is_missing).collect();
    if missing.is_empty() {
        println!("everything that the tests need is here");
        return Ok(());
    }
    install(&missing);
    let still: Vec<_> = missing.into_iter().filter(is_missing).collect();
    if still.is_empty() { Ok(()) } else { Err(advice(&still)) }
}

/// Whether a command can be started and succeeds. What it prints is not shown.
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
    // Last: npm may have come just now.
    for folder in missing.iter().filter_map(|need| need.remedy.folder()) {
        run(&["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"], &[folder]);
    }
}

/// How apt can be called here: by root, or with a `sudo` that asks for no password.
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

/// Runs a command and shows what it prints. Whether it helped, the probes tell.
fn run(command: &[&str], arguments: &[&str]) {
    let line = [command, arguments].concat();
    println!("$ {}", line.join(" "));
    if let Some((program, arguments)) = line.split_first() {
        let _ = Command::new(program).args(arguments).current_dir(root()).stdin(Stdio::null()).status();
    }
}

fn advice(missing: &[&Need]) -> String {
    let lines = missing.iter().map(|need| format!("\n  {} ({}): {}", need.name, need.why, need.remedy.advice()));
    format!("these are missing:{}", lines.collect::<String>())
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
                format!("on Debian `apt-get install {packages}`; elsewhere what your system calls it")
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
    fn what_does_not_answer_is_missing() {
        assert!(is_missing(&&ABSENT));
        assert!(!is_missing(&&NEEDS[0]), "cargo runs this test");
    }

    #[test]
    fn advice_says_what_is_missing_what_for_and_how_to_get_it() {
        let advice = advice(&[&ABSENT]);
        assert!(advice.contains("a tea kettle (for long builds): on Debian `apt-get install kettle`"), "{advice}");
    }
}
