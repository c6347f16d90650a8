//! Routes: states compiled for one program.

pub(crate) mod choices;
pub(crate) mod experiment;
pub(crate) mod lookup;
pub(crate) mod matcher;
pub(crate) mod operand;
pub(crate) mod owners;
pub(crate) mod select;
pub(crate) mod source;
pub(crate) mod version;

use std::sync::Arc;

use self::choices::Choices;
use self::lookup::Lookup;
use self::matcher::Test;
use self::select::Select;
use self::source::Source;

use crate::model::limits;

/// A state compiled for one program: names are positions, lists are tables.
///
/// Routes of the same rules share them: see [`with_pin`](Self::with_pin).
#[derive(Debug)]
pub struct Route {
    pub(crate) version: u64,
    pub(crate) choices: Choices,
    pub(crate) default: u16,
    pub(crate) pinned: Option<u16>,
    pub(crate) overrides: Arc<[UnitOverrides]>,
    /// The rules at the front that ask whether one segment equals something.
    pub(crate) table: Option<Arc<Table>>,
    pub(crate) rules: Arc<[Rule]>,
    /// The rules' names, a control character behind each.
    pub(crate) names: Arc<str>,
    pub(crate) otherwise: Option<Select>,
    /// How many segments are looked at in more than one place, and so are remembered during an evaluation.
    pub(crate) remembered: u16,
}

/// The most segments that one state looks at in more than one place.
pub(crate) const MAX_REMEMBERED: u16 = limits::MAX_SHARED_SEGMENTS;

/// Neighbouring overrides by one segment.
#[derive(Debug)]
pub(crate) struct UnitOverrides {
    pub(crate) source: Source,
    pub(crate) choices: Lookup<u16>,
}

/// Which of the first `length` rules is the first to hold, by the value of one segment.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) source: Source,
    pub(crate) rules: Lookup<u16>,
    pub(crate) length: u16,
}

#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) test: Test,
    pub(crate) select: Select,
}

impl Route {
    /// Whether an operator pinned the feature.
    #[inline]
    pub fn is_pinned(&self) -> bool {
        self.pinned.is_some()
    }

    /// The route of a pinned state of which nothing else can be used.
    pub(crate) fn pinned(choice: u16, choices: Choices, default: u16, version: u64) -> Self {
        Self {
            version,
            choices,
            default,
            pinned: Some(choice),
            overrides: Arc::default(),
            table: None,
            rules: Arc::default(),
            names: Arc::default(),
            otherwise: None,
            remembered: 0,
        }
    }

    /// The version of the state.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The route of the next state that differs from this one's by its pin alone. Nothing is compiled: both share their
    /// rules. `pinned` is the position of a choice; an unpin is `None`.
    ///
    /// Only a route of a state without problems has the rules that an unpin brings back.
    #[must_use]
    pub fn with_pin(&self, pinned: Option<u16>, version: u64) -> Self {
        let is_experiment = |rule: &Rule| matches!(rule.select, Select::Experiment(..));
        let rules = match self.rules.iter().any(is_experiment) {
            true => self.rules.iter().map(|rule| rule.at_version(version)).collect(),
            false => Arc::clone(&self.rules),
        };
        Self {
            version,
            pinned,
            choices: self.choices.clone(),
            default: self.default,
            overrides: Arc::clone(&self.overrides),
            table: self.table.clone(),
            rules,
            names: Arc::clone(&self.names),
            otherwise: self.otherwise.as_ref().map(|otherwise| otherwise.at_version(version)),
            remembered: self.remembered,
        }
    }

    /// The choices of the state, by position.
    pub fn choices(&self) -> &Choices {
        &self.choices
    }

    /// The name of a rule.
    pub fn rule_name(&self, position: u16) -> Option<&str> {
        self.names.split_terminator(Self::BEHIND_NAME).nth(usize::from(position))
    }

    /// Names have no control characters.
    const BEHIND_NAME: char = '\0';

    pub(crate) fn join_names<'n>(names: impl Iterator<Item = &'n str>) -> Arc<str> {
        let mut joined = String::new();
        for name in names {
            joined.extend(name.chars().filter(|char| *char != Self::BEHIND_NAME).chain([Self::BEHIND_NAME]));
        }
        joined.into()
    }

    /// Visits the sources of a route that nobody shares yet.
    pub(crate) fn for_each_source(&mut self, visit: &mut dyn FnMut(&mut Source)) {
        for overrides in Arc::get_mut(&mut self.overrides).into_iter().flatten() {
            visit(&mut overrides.source);
        }
        if let Some(table) = self.table.as_mut().and_then(Arc::get_mut) {
            visit(&mut table.source);
        }
        for rule in Arc::get_mut(&mut self.rules).into_iter().flatten() {
            rule.test.for_each_source(visit);
            rule.select.for_each_source(visit);
        }
        if let Some(otherwise) = &mut self.otherwise {
            otherwise.for_each_source(visit);
        }
    }
}

impl Rule {
    fn at_version(&self, version: u64) -> Self {
        Self { test: self.test.clone(), select: self.select.at_version(version) }
    }
}
