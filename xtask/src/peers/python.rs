//! The Python engines.

use std::path::Path;

use super::numbers::Numbers;
use crate::command::answers;
use crate::python;

/// The programs, each of which measures one engine.
const PROGRAMS: &[&str] = &["flipper_client.py", "flypper_client.py"];

/// Measures the Python engines. `source` is the folder of the programs. Returns no numbers, and prints the reason, if the engines
/// cannot be installed.
///
/// # Errors
/// Fails if an installed engine does not run.
pub(super) fn measure(source: &Path) -> Result<Numbers, String> {
    if !answers(python::PROBE) {
        python::install();
    }
    if !answers(python::PROBE) {
        println!("skipped the Python engines: they are not installed; `cargo xtask setup` installs them");
        return Ok(Numbers::default());
    }
    let mut numbers = Numbers::default();
    for program in PROGRAMS {
        numbers.extend(Numbers::parse(&python::run(&source.join(program))?)?);
    }
    Ok(numbers)
}
