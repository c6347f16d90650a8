//! Numbers by workload and engine, as the programs print them.

/// Numbers in the order in which they were printed.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Numbers(Vec<Number>);

#[derive(Debug, PartialEq)]
struct Number {
    workload: String,
    engine: String,
    value: f64,
}

impl Numbers {
    /// Parses lines of a workload, an engine and a number that are separated by tabs.
    ///
    /// # Errors
    /// Returns the invalid line.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let number = |line: &str| match line.split('\t').collect::<Vec<_>>().as_slice() {
            [workload, engine, value] => value
                .parse()
                .map(|value| Number { workload: (*workload).to_owned(), engine: (*engine).to_owned(), value })
                .map_err(|_| format!("`{value}` is not a number")),
            _ => Err(format!("`{line}` is not a workload, an engine and a number")),
        };
        text.lines().map(number).collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    pub(super) fn get(&self, workload: &str, engine: &str) -> Option<f64> {
        let found = self.0.iter().find(|number| number.workload == workload && number.engine == engine);
        found.map(|number| number.value)
    }

    /// Returns the workloads, each once.
    pub(super) fn workloads(&self) -> Vec<&str> {
        distinct(self.0.iter().map(|number| number.workload.as_str()))
    }

    /// Returns the engines, each once.
    pub(super) fn engines(&self) -> Vec<&str> {
        distinct(self.0.iter().map(|number| number.engine.as_str()))
    }
}

fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut distinct = Vec::new();
    for name in names {
        if !distinct.contains(&name) {
            distinct.push(name);
        }
    }
    distinct
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_parsed_in_their_order() {
        let mut numbers = Numbers::parse("a\tone\t1.5\na\ttwo\t2\n").expect("valid");
        numbers.extend(Numbers::parse("b\tone\t3\n").expect("valid"));
        assert_eq!((numbers.workloads(), numbers.engines()), (vec!["a", "b"], vec!["one", "two"]));
        assert_eq!((numbers.get("a", "two"), numbers.get("b", "two")), (Some(2.0), None));
    }

    #[test]
    fn an_invalid_line_is_reported() {
        assert_eq!(Numbers::parse("a\tone\tfew"), Err("`few` is not a number".into()));
        assert_eq!(Numbers::parse("a one"), Err("`a one` is not a workload, an engine and a number".into()));
    }
}
