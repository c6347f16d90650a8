//! Routes: states compiled for one program.

use super::lookup::Lookup;
use super::matcher::Test;
use super::select::Select;

/// A state compiled for one program: names are positions, lists are tables.
#[derive(Debug)]
pub struct Route {
    pub(super) version: u64,
    pub(super) default: u16,
    pub(super) pinned: Option<u16>,
    pub(super) overrides: Box<[UnitOverrides]>,
    /// The rules at the front that ask whether one segment equals something.
    pub(super) table: Option<Box<Table>>,
    pub(super) rules: Box<[Rule]>,
    /// The rules' names, a control character behind each.
    pub(super) names: Box<str>,
    pub(super) otherwise: Option<Select>,
    /// How many segments are looked at in more than one place, and so are remembered during an evaluation.
    pub(super) remembered: u16,
}

/// The most segments that one state looks at in more than one place.
pub(super) const MAX_REMEMBERED: u16 = 32;

/// A fitting segment, and where its value is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Source {
    pub(super) position: u16,
    /// [`Source::NOWHERE`] if it is looked at in one place only.
    pub(super) memory: u16,
}

/// Neighbouring overrides by one segment.
#[derive(Debug)]
pub(super) struct UnitOverrides {
    pub(super) source: Source,
    pub(super) choices: Lookup<u16>,
}

/// Which of the first `length` rules is the first to hold, by the value of one segment.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) source: Source,
    pub(super) rules: Lookup<u16>,
    pub(super) length: u16,
}

#[derive(Debug)]
pub(super) struct Rule {
    pub(super) test: Test,
    pub(super) select: Select,
}

impl Source {
    pub(super) const NOWHERE: u16 = u16::MAX;

    pub(super) fn at(position: u16) -> Self {
        Self { position, memory: Self::NOWHERE }
    }
}

impl Route {
    /// The version of the state.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The name of a rule.
    pub fn rule_name(&self, position: u16) -> Option<&str> {
        self.names.split_terminator(Self::BEHIND_NAME).nth(usize::from(position))
    }

    /// Names have no control characters.
    const BEHIND_NAME: char = '\0';

    pub(super) fn join_names<'n>(names: impl Iterator<Item = &'n str>) -> Box<str> {
        let mut joined = String::new();
        for name in names {
            joined.extend(name.chars().filter(|char| *char != Self::BEHIND_NAME).chain([Self::BEHIND_NAME]));
        }
        joined.into()
    }

    pub(super) fn for_each_source(&mut self, visit: &mut dyn FnMut(&mut Source)) {
        for overrides in &mut self.overrides {
            visit(&mut overrides.source);
        }
        if let Some(table) = &mut self.table {
            visit(&mut table.source);
        }
        for rule in &mut self.rules {
            rule.test.for_each_source(visit);
            rule.select.for_each_source(visit);
        }
        if let Some(otherwise) = &mut self.otherwise {
            otherwise.for_each_source(visit);
        }
    }
}
