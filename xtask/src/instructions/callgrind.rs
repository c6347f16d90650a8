//! Callgrind: runs the workloads and parses the number of instructions of each on the main thread.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::command::output;

/// Returns the instructions per repetition of each workload, by name, in the order of the program.
///
/// # Errors
/// Fails if the program fails, or the output of callgrind is not as expected.
pub(super) fn count(program: &Path, folder: &Path, times: u32) -> Result<Vec<(String, f64)>, String> {
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut command = Command::new("valgrind");
    // Counts within each loop, and writes after it. Of two options with the same pattern, callgrind uses only the last.
    command.args(["--tool=callgrind", "--toggle-collect=*counted_loop*", "--dump-after=*::counted_loop*"]);
    // Background threads are counted separately, because they run at random times.
    command.args(["--separate-threads=yes", "--callgrind-out-file=counts"]);
    let names = output(command.arg(program).arg(times.to_string()).current_dir(folder))?;
    let mut totals = Vec::new();
    for (index, name) in names.lines().enumerate() {
        // A workload has two loops, of which the first warms up.
        let path = folder.join(format!("counts.{}-01", 2 * index + 2));
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        // `callgrind_annotate` attributes the cost of a call that started before the loop to its caller, with 0 calls.
        let annotatable = text.replace("\ncalls=0 ", "\ncalls=1 ");
        fs::write(&path, annotatable).map_err(|error| format!("{}: {error}", path.display()))?;
        let total = total(&text).ok_or_else(|| format!("{} has no total number of instructions", path.display()))?;
        totals.push((name.to_owned(), total));
    }
    per_repetition(&totals, times).ok_or_else(|| format!("{} printed no workload", program.display()))
}

/// Divides the totals by the repetitions, without the first workload, which is the empty loop.
fn per_repetition(totals: &[(String, u64)], times: u32) -> Option<Vec<(String, f64)>> {
    let ((_, empty), workloads) = totals.split_first()?;
    let above = |total: u64| total.saturating_sub(*empty) as f64 / f64::from(times);
    Some(workloads.iter().map(|(name, total)| (name.clone(), above(*total))).collect())
}

/// Parses the total in a file of callgrind. `Ir` means executed instructions.
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
        desc: Trigger: --dump-after=decide::counted_loop\n\npositions: line\nevents: Ir\nsummary: 5210417\n\n\n\
        fn=(0) totals\n16 3\n\ntotals: 5210417\n";

    #[test]
    fn the_total_of_a_thread_is_parsed() {
        assert_eq!(total(FILE), Some(5_210_417));
    }

    #[test]
    fn files_without_a_total_of_instructions_are_refused() {
        assert_eq!(total(""), None);
        assert_eq!(total("events: Ir\nfn=(1) main\n"), None, "an incomplete file");
        assert_eq!(total("events: Ir\ntotals: many\n"), None);
        assert_eq!(total(&FILE.replace("events: Ir", "events: Ir Dr")), None, "other counts");
    }

    #[test]
    fn the_empty_loop_is_subtracted_from_all_others() {
        let totals = [("empty", 5_005), ("a", 5_005), ("b", 32_005)].map(|(name, total)| (name.to_owned(), total));
        assert_eq!(per_repetition(&totals, 1_000), Some(vec![("a".to_owned(), 0.0), ("b".to_owned(), 27.0)]));
        assert_eq!(per_repetition(&[], 1_000), None);
    }
}
