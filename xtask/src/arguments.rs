//! The command line of `cargo xtask`.

use crate::instructions::Mode;
use crate::steps::{STEPS, Selection};

/// A parsed command.
#[derive(Debug, PartialEq)]
pub(crate) enum Command {
    /// Print the help.
    Help,
    /// Install the programs that tests need.
    Setup,
    /// Run steps on a developer's machine.
    Test(Selection),
    /// Run steps in continuous integration.
    Ci(Selection),
    /// Run the benches with these arguments.
    Bench(Vec<String>),
    /// Count the instructions of decisions.
    Instructions(Mode),
    /// Measure decisions by name, beside those of other engines.
    ByName,
    /// Check the documents and build the book.
    Docs,
    /// Run every fault, or those whose tests have a text in their names, a number of times, or the default number of times.
    Faults(Option<u32>, Option<String>),
    /// Fuzz one target or all, for a number of seconds.
    Fuzz(Option<String>, Option<u32>),
}

impl Command {
    /// Parses a command line without the name of the program. The error describes the invalid argument.
    pub(crate) fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let command = arguments.next().ok_or("a command is missing")?;
        match command.as_str() {
            "help" | "--help" | "-h" => Ok(Self::Help),
            "setup" => no_more_arguments(arguments).map(|()| Self::Setup),
            "test" => selection(arguments).map(Self::Test),
            "ci" => selection(arguments).map(Self::Ci),
            "bench" => bench(arguments.collect()),
            "docs" => no_more_arguments(arguments).map(|()| Self::Docs),
            "faults" => faults(arguments),
            "fuzz" => fuzz(arguments),
            other => Err(format!("unknown command `{other}`")),
        }
    }
}

/// Returns the help.
pub(crate) fn help() -> String {
    let steps: String = STEPS.iter().map(|step| format!("\n  {:8} {}", step.name, step.about)).collect();
    format!(
        "cargo xtask <command>

  setup                   installs what the tests need, or says what is missing
  test [--only <step>]..  runs every step, or only the named ones
  ci [--only <step>]..    the same as continuous integration runs it, with CI=true: a test whose
                          service is missing fails there instead of being left out
  bench [<argument>]..    runs the benches; the arguments go to `cargo bench`. Without any, compile time too
  bench --instructions [--bless]
                          counts the instructions of decisions with valgrind; fails if one is more than 3 % above
                          the table in tests/instructions/counts.md, or rewrites the table
  bench --by-name         measures decisions by name, in feats and in other engines; writes target/peers/by-name.md
                          and a chart beside it. The Python engines are left out where Python or its registry is absent
  docs                    checks the links of all documents, and builds the book of docs/ where mdBook is installed
  faults [<runs>] [<test>]
                          tries every fault, or those whose tests have this in their names, 20 times or so often, on
                          real servers, and writes docs/faults.md
  fuzz [<target>] [--seconds <n>]
                          fuzzes each target, or one, for 600 seconds: with cargo-fuzz where a nightly
                          toolchain has it, else under proptest

The steps, in this order:
{steps}"
    )
}

fn bench(arguments: Vec<String>) -> Result<Command, String> {
    match arguments.split_first() {
        Some((first, rest)) if first == "--instructions" => match rest {
            [] => Ok(Command::Instructions(Mode::Compare)),
            [bless] if bless == "--bless" => Ok(Command::Instructions(Mode::Bless)),
            _ => Err("after `--instructions`, only `--bless` is allowed".to_owned()),
        },
        Some((first, rest)) if first == "--by-name" => {
            no_more_arguments(rest.iter().cloned()).map(|()| Command::ByName)
        }
        _ => Ok(Command::Bench(arguments)),
    }
}

fn no_more_arguments(mut arguments: impl Iterator<Item = String>) -> Result<(), String> {
    arguments.next().map_or(Ok(()), |extra| Err(format!("unexpected argument `{extra}`")))
}

fn faults(mut arguments: impl Iterator<Item = String>) -> Result<Command, String> {
    let Some(first) = arguments.next() else { return Ok(Command::Faults(None, None)) };
    let runs = first.parse().ok().filter(|runs| *runs > 0).ok_or(format!("`{first}` is not a number of runs"))?;
    let test = arguments.next();
    no_more_arguments(arguments).map(|()| Command::Faults(Some(runs), test))
}

fn fuzz(mut arguments: impl Iterator<Item = String>) -> Result<Command, String> {
    let (mut target, mut seconds) = (None, None);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--seconds" => {
                let number = arguments.next().ok_or("`--seconds` needs a number")?;
                let number = number.parse().ok().filter(|seconds| *seconds > 0);
                seconds = Some(number.ok_or("`--seconds` needs a number")?);
            }
            name if target.is_none() && !name.starts_with('-') => target = Some(argument),
            other => return Err(format!("unexpected argument `{other}`")),
        }
    }
    Ok(Command::Fuzz(target, seconds))
}

fn selection(mut arguments: impl Iterator<Item = String>) -> Result<Selection, String> {
    let mut named = Vec::new();
    while let Some(argument) = arguments.next() {
        if argument != "--only" {
            return Err(format!("unexpected argument `{argument}`; only `--only <step>` is allowed"));
        }
        let name = arguments.next().ok_or("`--only` needs the name of a step")?;
        let step = STEPS.iter().find(|step| step.name == name).ok_or(format!("unknown step `{name}`"))?;
        named.push(step.name);
    }
    Ok(if named.is_empty() { Selection::All } else { Selection::Only(named) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Command, String> {
        Command::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn commands_are_parsed() {
        assert_eq!(parse("setup"), Ok(Command::Setup));
        assert_eq!(parse("test"), Ok(Command::Test(Selection::All)));
        assert_eq!(parse("ci --only fmt --only tidy"), Ok(Command::Ci(Selection::Only(vec!["fmt", "tidy"]))));
        assert_eq!(parse("bench -- --quick"), Ok(Command::Bench(vec!["--".into(), "--quick".into()])));
        assert_eq!(parse("bench --instructions"), Ok(Command::Instructions(Mode::Compare)));
        assert_eq!(parse("bench --instructions --bless"), Ok(Command::Instructions(Mode::Bless)));
        assert_eq!(parse("bench --by-name"), Ok(Command::ByName));
        assert_eq!(parse("docs"), Ok(Command::Docs));
        assert_eq!(parse("fuzz"), Ok(Command::Fuzz(None, None)));
        assert_eq!(parse("fuzz state --seconds 60"), Ok(Command::Fuzz(Some("state".into()), Some(60))));
        assert_eq!(parse("faults"), Ok(Command::Faults(None, None)));
        assert_eq!(parse("faults 3"), Ok(Command::Faults(Some(3), None)));
        assert_eq!(parse("faults 3 consul"), Ok(Command::Faults(Some(3), Some("consul".into()))));
    }

    #[test]
    fn mistakes_are_reported() {
        assert_eq!(parse("tset"), Err("unknown command `tset`".into()));
        assert_eq!(parse("test --only fnt"), Err("unknown step `fnt`".into()));
        assert_eq!(
            parse("bench --instructions canary"),
            Err("after `--instructions`, only `--bless` is allowed".into())
        );
        assert_eq!(parse("bench --by-name rules"), Err("unexpected argument `rules`".into()));
        assert_eq!(parse("fuzz --seconds soon"), Err("`--seconds` needs a number".into()));
        assert_eq!(parse("test --only"), Err("`--only` needs the name of a step".into()));
        assert_eq!(parse("faults often"), Err("`often` is not a number of runs".into()));
        assert_eq!(parse("setup now"), Err("unexpected argument `now`".into()));
    }

    #[test]
    fn the_help_lists_every_step() {
        for step in STEPS {
            assert!(help().contains(step.name), "{}", step.name);
        }
    }
}
