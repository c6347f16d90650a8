//! The Python engines, in a virtual environment of their own.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::numbers::Numbers;
use crate::command::output;
use crate::needs;

/// The programs, each of which measures one engine.
const PROGRAMS: &[&str] = &["flipper_client.py", "flypper_client.py"];

/// Measures the Python engines. `source` is the folder of the programs, and `environment` that of the virtual environment, which is
/// created. Returns no numbers, and prints the reason, if the engines cannot be installed.
///
/// # Errors
/// Fails if an installed engine does not run.
pub(super) fn measure(source: &Path, environment: &Path) -> Result<Numbers, String> {
    let python = match install(source, environment) {
        Ok(python) => python,
        Err(why) => {
            println!("skipped the Python engines: {why}");
            return Ok(Numbers::default());
        }
    };
    let mut numbers = Numbers::default();
    for program in PROGRAMS {
        // Without `-B`, Python writes compiled files beside the sources.
        let measured = output(Command::new(&python).arg("-B").arg(source.join(program)))?;
        numbers.extend(Numbers::parse(&measured)?);
    }
    Ok(numbers)
}

/// Installs the engines, as far as they are missing. Returns the interpreter that has them.
fn install(source: &Path, environment: &Path) -> Result<PathBuf, String> {
    if !needs::answers(&["python3", "--version"]) {
        return Err("python3 is not installed".to_owned());
    }
    let python = environment.join("bin/python");
    if !python.exists() {
        output(Command::new("python3").args(["-m", "venv"]).arg(environment))?;
    }
    let mut install = Command::new(&python);
    install.args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(source.join("requirements.txt"));
    output(&mut install)?;
    Ok(python)
}
