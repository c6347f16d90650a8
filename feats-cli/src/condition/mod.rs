//! The syntax of conditions: `Country = CA and (Age >= 18 or not Member = true)`.
//!
//! ```text
//! condition = all { "or" all }
//! all       = part { "and" part }
//! part      = "not" part | "(" condition ")" | source operator operand
//! source    = a segment, input.Segment, or an attribute of the program
//! operator  = "=" "!=" "<" "<=" ">" ">=" "in" "not in" "starts-with" "ends-with" "contains" "matches"
//!             "semver" "before" "after"
//! operand   = a value; for "in" and "not in" comma-separated values, for "semver" comma-separated comparators
//! value     = a word, or any text in "…"
//! ```
//!
//! A value has the type that its segment declares. A value that does not have this type stays text, and publishing refuses
//! it with its path, so that all problems of a change are reported at once. A value of an attribute of a flag is a number
//! or a bool if it is written as one, unless the flag already compares the attribute with text.

mod operand;
mod operator;
mod reader;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use feats::model::{Condition, Declaration, Predicate, Source, ValueKind, limits};
use feats::text::quoted;
use feats::{Problem, Value};

use self::operator::{OPERATORS, likely};
use self::reader::{Mistake, Reader};
use crate::names::SegmentName;

/// The description of the syntax for `--help`.
pub(crate) const HELP: &str = "\
Conditions:
  Country = CA                 equal, also: !=
  Age >= 18                    also: > < <=
  Country in CA, US            one of several values, also: not in
  Email ends-with @acme.test   also: starts-with, contains
  Email matches ^ada@          a regular expression
  AppVersion semver >=1.2, <2  a range of versions
  SignedUp before 2026-12-01T00:00:00Z   also: after
  Country = CA and (Age >= 18 or not Member = true)

`not` binds tighter than `and`, which binds tighter than `or`. Put \
values in double quotes if they are empty, contain spaces, commas, quotes or parentheses, or are one of the words and, \
or, not: City = \"New York\". Within quotes, write \\\" for a quote and \\\\ for a backslash. A pattern without quotes \
ends at a space. If several inputs have the segment, write input.Segment.";

/// The segments and attributes that a condition can use.
pub(crate) struct Vocabulary<'a> {
    pub(crate) declaration: &'a Declaration,
    /// The types of the attributes of programs, by name.
    pub(crate) attributes: BTreeMap<String, ValueKind>,
}

/// Parses one condition. A problem is at `path`.
pub(crate) fn parse(path: &str, text: &str, vocabulary: &Vocabulary<'_>) -> Result<Condition, Problem> {
    let mut parser = Parser { reader: Reader::new(text), vocabulary };
    parser.whole().map_err(|mistake| mistake.into_problem(path, text))
}

struct Parser<'t, 'v> {
    reader: Reader<'t>,
    vocabulary: &'v Vocabulary<'v>,
}

impl Parser<'_, '_> {
    fn whole(&mut self) -> Result<Condition, Mistake> {
        let condition = self.any(0)?;
        match self.reader.next() {
            None => Ok(condition),
            Some(')') => Err(self.reader.mistake("has a closing parenthesis without an opening one")),
            Some(_) => Err(self.reader.unexpected()),
        }
    }

    fn any(&mut self, depth: usize) -> Result<Condition, Mistake> {
        let mut any = vec![self.all(depth)?];
        while self.reader.keyword("or") {
            any.push(self.all(depth)?);
        }
        Ok(single(any).unwrap_or_else(|any| Condition::Any { any }))
    }

    fn all(&mut self, depth: usize) -> Result<Condition, Mistake> {
        let mut all = vec![self.part(depth)?];
        while self.reader.keyword("and") {
            all.push(self.part(depth)?);
        }
        Ok(single(all).unwrap_or_else(|all| Condition::All { all }))
    }

    fn part(&mut self, depth: usize) -> Result<Condition, Mistake> {
        if depth > limits::MAX_DEPTH {
            let message = format!("is nested more than {} levels deep", limits::MAX_DEPTH);
            return Err(self.reader.mistake(&message));
        }
        if self.reader.keyword("not") {
            return self.part(depth + 1).map(|not| !not);
        }
        let opened = self.reader.position();
        if !self.reader.take('(') {
            return self.check();
        }
        let inner = self.any(depth + 1)?;
        match self.reader.next() {
            Some(')') => {
                self.reader.take(')');
                Ok(inner)
            }
            None => Err(Mistake::new(format!("does not close the parenthesis at character {opened}"))),
            Some(_) => Err(self.reader.unexpected()),
        }
    }

    fn check(&mut self) -> Result<Condition, Mistake> {
        let source = self.reader.source()?;
        let operator = self.operator(&source)?;
        let segment = SegmentName::find(self.vocabulary.declaration, &source);
        let attribute = self.vocabulary.attributes.get(&source).filter(|_| segment.kind.is_none());
        let value = |text: String| match attribute {
            Some(kind) => kind.parse(&text).unwrap_or_else(|| Value::from(text)),
            None => segment.value(&text),
        };
        let operator = operand::parse(&mut self.reader, operator, value)?;
        let source = match attribute {
            Some(_) => Source::Attribute { attribute: source },
            None => Source::Segment { segment: segment.segment, input: segment.input },
        };
        Ok(Condition::Predicate(Predicate { source, operator }))
    }

    fn operator(&mut self, source: &str) -> Result<&'static str, Mistake> {
        match self.reader.operator() {
            Ok(known) => Ok(known),
            Err(found) if found.is_empty() => {
                Err(Mistake::new(format!("has no operator; write, for example, {source} = CA")))
            }
            Err(found) => {
                let mistake = Mistake::new(format!("has the unknown operator {}", quoted(&found)));
                Err(mistake.with_suggestion(likely(&found), &OPERATORS))
            }
        }
    }
}

/// Returns the condition if there is exactly one, or all of them as the error.
fn single(conditions: Vec<Condition>) -> Result<Condition, Vec<Condition>> {
    <[Condition; 1]>::try_from(conditions).map(|[only]| only)
}
