//! Callgrind: runs a program and reads how many instructions its main thread executed.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;

use crate::root;

/// Counts only within this function, since what the start takes differs between runs.
const COUNTED: &str = "--toggle-collect=*counted_loop*";

/// The instructions that one more repetition of a workload costs, by a run with few and a run with many.
///
/// # Errors
/// The program fails, or callgrind writes something else than expected.
pub(super) fn per_repetition(program: &Path, workload: &str, [few, many]: [u32; 2]) -> Result<f64, String> {
    let (less, more) = thread::scope(|scope| {
        let less = scope.spawn(|| instructions(program, workload, few));
        let more = instructions(program, workload, many);
        (less.join().unwrap_or_else(|_| Err("the thread of a run panicked".to_owned())), more)
    });
    Ok((more? as f64 - less? as f64) / f64::from(many - few))
}

/// The instructions of the main thread alone: background threads do what they do at times of their own.
fn instructions(program: &Path, workload: &str, repetitions: u32) -> Result<u64, String> {
    let folder = root().join("target").join("instructions").join(repetitions.to_string());
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--separate-threads=yes", "--callgrind-out-file=counts", COUNTED]);
    command.arg(program).args([workload, &repetitions.to_string()]).current_dir(&folder);
    super::output(&mut command)?;
    let path = folder.join("counts-01");
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    total(&text).ok_or_else(|| format!("{} has no total of instructions", path.display()))
}

/// The total in a file of callgrind: `Ir` stands for executed instructions.
fn total(text: &str) -> Option<u64> {
    let value = |key| text.lines().find_map(|line| line.strip_prefix(key)).map(str::trim);
    if value("events:") != Some("Ir") {
        return None;
    }
    value("totals:")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# callgrind format\nversion: 1\ncreator: callgrind-3.19.0\npid: 812\ncmd: decide\npart: 1\nthread: 1\n\n\
        desc: Trigger: Program termination\n\npositions: line\nevents: Ir\nsummary: 5210417\n\n\nfn=(0) totals\n16 3\n\ntotals: 5210417\n";

    #[test]
    fn the_total_of_a_thread_is_read() {
        assert_eq!(total(FILE), Some(5_210_417));
    }

    #[test]
    fn files_without_a_total_of_instructions_are_refused() {
        assert_eq!(total(""), None);
        assert_eq!(total("events: Ir\nfn=(1) main\n"), None, "an incomplete file");
        assert_eq!(total("events: Ir\ntotals: many\n"), None);
        assert_eq!(total(&FILE.replace("events: Ir", "events: Ir Dr")), None, "other counts");
    }
}
