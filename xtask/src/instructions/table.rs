//! The committed table of instructions per decision, and its comparison with new counts.

use std::fmt;

/// The maximum increase over the committed count, in percent.
const MAX_INCREASE_PERCENT: f64 = 3.0;

/// The increase that is always accepted: less than one instruction is not a change of the code.
const MIN_DIFFERENCE: f64 = 1.0;

/// The instructions by workload.
#[derive(Debug, PartialEq)]
pub(super) struct Table {
    /// The compiler and the target of the counted program.
    pub(super) compiler: String,
    pub(super) rows: Vec<(String, f64)>,
}

const COMPILER: &str = "Counted with: ";

impl Table {
    /// Parses the output of `Display`.
    ///
    /// # Errors
    /// Returns the invalid line.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let compiler = text.lines().find_map(|line| line.strip_prefix(COMPILER));
        let compiler = compiler.ok_or_else(|| format!("the table has no line `{COMPILER}..`"))?;
        let lines = text.lines().skip_while(|line| !line.starts_with("|-")).skip(1);
        let rows = lines.take_while(|line| line.starts_with('|')).map(row).collect::<Result<_, _>>()?;
        Ok(Self { compiler: compiler.to_owned(), rows })
    }

    /// Compares this committed table with a new one.
    pub(super) fn compare(&self, counted: &Self) -> Comparison {
        let find =
            |table: &Self, name: &str| table.rows.iter().find(|(known, _)| known == name).map(|(_, count)| *count);
        let current = counted.rows.iter().map(|(name, count)| Line {
            workload: name.clone(),
            committed: find(self, name),
            counted: Some(*count),
        });
        let removed = self.rows.iter().filter(|(name, _)| find(counted, name).is_none());
        let removed =
            removed.map(|(name, count)| Line { workload: name.clone(), committed: Some(*count), counted: None });
        let compilers = (self.compiler != counted.compiler).then(|| [self.compiler.clone(), counted.compiler.clone()]);
        Comparison { lines: current.chain(removed).collect(), compilers }
    }
}

fn row(line: &str) -> Result<(String, f64), String> {
    let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
    match cells.as_slice() {
        [name, count] => count.parse().map(|count| ((*name).to_owned(), count)).ok(),
        _ => None,
    }
    .ok_or_else(|| format!("`{line}` is not a row of a workload and its instructions"))
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# Instructions of one decision\n")?;
        writeln!(
            f,
            "Written by `cargo xtask bench --instructions --bless`. The workloads are in `tests/instructions/main.rs`.\n"
        )?;
        writeln!(f, "{COMPILER}{}\n", self.compiler)?;
        writeln!(f, "| {:<32} | instructions |\n|{:-<34}|{:->13}:|", "workload", "", "")?;
        self.rows.iter().try_for_each(|(name, count)| writeln!(f, "| {name:<32} | {count:>12.1} |"))
    }
}

/// A comparison of two tables.
#[derive(Debug)]
pub(super) struct Comparison {
    lines: Vec<Line>,
    /// The compilers of the committed and of the new count, if they differ.
    compilers: Option<[String; 2]>,
}

#[derive(Debug)]
struct Line {
    workload: String,
    committed: Option<f64>,
    counted: Option<f64>,
}

impl Comparison {
    /// # Errors
    /// Returns the workloads that are too far above, and those that only one of the tables has.
    pub(super) fn verdict(&self) -> Result<(), String> {
        let named = |is_wanted: fn(&Line) -> bool| {
            let names: Vec<_> =
                self.lines.iter().filter(|line| is_wanted(line)).map(|line| line.workload.as_str()).collect();
            (!names.is_empty()).then(|| names.join("; "))
        };
        let mut problems = Vec::new();
        if let Some(names) = named(Line::is_above) {
            problems.push(format!("more than {MAX_INCREASE_PERCENT}% above the committed count: {names}"));
            if self.compilers.is_some() {
                problems.push(
                    "the compilers differ, which may be the cause: count the parent commit with this compiler"
                        .to_owned(),
                );
            }
        }
        if let Some(names) = named(|line| line.committed.is_none() || line.counted.is_none()) {
            problems.push(format!("only in one of the tables; `--bless` rewrites the committed one: {names}"));
        }
        if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
    }
}

impl Line {
    fn is_above(&self) -> bool {
        let (Some(committed), Some(counted)) = (self.committed, self.counted) else { return false };
        counted - committed > (committed * MAX_INCREASE_PERCENT / 100.0).max(MIN_DIFFERENCE)
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<32} {:>10} {:>10} {:>10}", "instructions of one decision", "committed", "now", "difference")?;
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))?;
        if let Some([committed, counted]) = &self.compilers {
            writeln!(f, "note: the committed counts are from {committed}; these are from {counted}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |count: Option<f64>| count.map_or_else(|| "-".to_owned(), |count| format!("{count:.1}"));
        let (committed, counted) = (shown(self.committed), shown(self.counted));
        write!(f, "{:<32} {committed:>10} {counted:>10}", self.workload)?;
        if let (Some(committed), Some(counted)) = (self.committed, self.counted) {
            write!(f, " {:>+8.1} %", (counted - committed) / committed.max(1.0) * 100.0)?;
        }
        if self.is_above() { f.write_str("  too many") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table<const N: usize>(rows: [(&str, f64); N]) -> Table {
        let rows = rows.map(|(name, count)| (name.to_owned(), count));
        Table { compiler: "rustc 1.95.0, x86_64-unknown-linux-gnu".to_owned(), rows: rows.into() }
    }

    #[test]
    fn a_table_survives_a_round_trip() {
        let written = table([("no state", 41.0), ("10 000 ids, no match", 97.5)]);
        assert_eq!(Table::parse(&written.to_string()), Ok(written));
    }

    #[test]
    fn an_invalid_table_is_refused_with_the_line() {
        assert!(Table::parse("").is_err_and(|message| message.contains("Counted with")));
        let broken = table([("no state", 41.0)]).to_string().replace("41.0", "few");
        assert!(Table::parse(&broken).is_err_and(|message| message.contains("few |` is not a row")));
    }

    #[test]
    fn three_percent_more_are_accepted_and_more_are_not() {
        let committed = table([("a", 200.0), ("b", 200.0), ("c", 200.0)]);
        let comparison = committed.compare(&table([("a", 206.0), ("b", 207.0), ("c", 100.0)]));
        let failure = comparison.verdict().expect_err("b is too far above");
        assert_eq!(failure, "more than 3% above the committed count: b");
        let shown = comparison.to_string();
        let lines: Vec<_> = shown.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        assert_eq!(lines[1..], ["a 200.0 206.0 +3.0 %", "b 200.0 207.0 +3.5 % too many", "c 200.0 100.0 -50.0 %"]);
    }

    #[test]
    fn less_than_one_instruction_is_always_accepted() {
        assert_eq!(table([("a", 2.0)]).compare(&table([("a", 2.9)])).verdict(), Ok(()));
        assert!(table([("a", 2.0)]).compare(&table([("a", 4.0)])).verdict().is_err());
    }

    #[test]
    fn workloads_of_only_one_table_are_reported() {
        let failure = table([("old", 1.0), ("a", 1.0)]).compare(&table([("a", 1.0), ("new", 1.0)])).verdict();
        assert!(failure.is_err_and(|message| message.ends_with(": new; old")));
    }

    #[test]
    fn another_compiler_is_reported_as_possible_cause() {
        let mut newer = table([("a", 100.0)]);
        newer.compiler = "rustc 1.96.0, x86_64-unknown-linux-gnu".to_owned();
        let comparison = table([("a", 100.0)]).compare(&newer);
        assert_eq!(comparison.verdict(), Ok(()));
        assert!(comparison.to_string().contains("note: the committed counts are from rustc 1.95.0"));
        newer.rows = vec![("a".to_owned(), 110.0)];
        let failure = table([("a", 100.0)]).compare(&newer).verdict();
        assert!(failure.is_err_and(|message| message.contains("the compilers differ")));
    }
}
