//! Routes: states compiled for one program.

pub(crate) mod choices;
pub(crate) mod experiment;
pub(crate) mod gate;
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
use self::matcher::CompiledCondition;
use self::select::Select;
use self::source::Source;

use crate::model::limits;

/// A state compiled for one program: names become indexes, and lists become lookup tables.
///
/// Routes with the same rules share them: see [`with_pin`](Self::with_pin).
#[derive(Debug)]
pub struct Route {
    pub(crate) version: u64,
    pub(crate) choices: Choices,
    pub(crate) default: u16,
    pub(crate) pinned: Option<u16>,
    pub(crate) overrides: Arc<[UnitOverrides]>,
    /// The first rules, as long as they test one segment for equality.
    pub(crate) table: Option<Arc<Table>>,
    pub(crate) rules: Arc<[Rule]>,
    /// The names of the rules, each followed by a NUL.
    pub(crate) names: Arc<str>,
    pub(crate) otherwise: Option<Select>,
    /// The choice that everyone gets: that of the pin, or that of a state in which nothing depends on the subject.
    pub(crate) constant: Option<u16>,
    /// The attributes of a flag, by the positions of sources; empty for the state of a feature that code declares.
    pub(crate) attributes: Arc<[Arc<str>]>,
    /// The number of segments that are used in more than one place, and therefore cached during an evaluation.
    pub(crate) cached: u16,
}

/// The maximum number of segments that a state uses in more than one place.
pub(crate) const MAX_CACHED_SEGMENTS: u16 = limits::MAX_SHARED_SEGMENTS;

/// Consecutive overrides by one segment.
#[derive(Debug)]
pub(crate) struct UnitOverrides {
    pub(crate) source: Source,
    pub(crate) choices: Lookup<u16>,
}

/// A lookup table for the first `length` rules: from the value of a segment to the first rule that applies.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) source: Source,
    pub(crate) rules: Lookup<u16>,
    pub(crate) length: u16,
}

#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) condition: CompiledCondition,
    pub(crate) select: Select,
}

impl Route {
    /// Returns `true` if the feature is pinned.
    #[inline]
    pub fn is_pinned(&self) -> bool {
        self.pinned.is_some()
    }

    /// Creates the route of a pinned state whose other parts cannot be used.
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
            constant: Some(choice),
            attributes: Arc::default(),
            cached: 0,
        }
    }

    /// Returns the version of the state.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Returns the route of the next state if that differs only in its pin. Nothing is compiled, and the two routes share their
    /// rules. `pinned` is the index of a choice, or `None` to unpin.
    ///
    /// Only a route of a state without problems has the rules that apply after unpinning.
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
            constant: None,
            attributes: Arc::clone(&self.attributes),
            cached: self.cached,
        }
        .with_constant()
    }

    /// Finds the choice that everyone gets, once the other parts are set.
    #[must_use]
    pub(crate) fn with_constant(self) -> Self {
        let depends_on_subject = !self.overrides.is_empty() || !self.rules.is_empty();
        let of_state = match &self.otherwise {
            _ if depends_on_subject => None,
            Some(Select::Static(choice)) => Some(*choice),
            Some(_) => None,
            None => Some(self.default),
        };
        Self { constant: self.pinned.or(of_state), ..self }
    }

    /// Returns the choices of the state, by index.
    pub fn choices(&self) -> &Choices {
        &self.choices
    }

    /// Returns the attributes of a flag's subjects that the state uses: the source at a position is the attribute with this name.
    /// Empty for the state of a feature that code declares.
    pub fn attributes(&self) -> &[Arc<str>] {
        &self.attributes
    }

    /// Replaces the lists of names by equal ones that `share` returns, so that many routes with the same names need little memory.
    pub fn share_names(&mut self, attributes: impl FnOnce(&mut Arc<[Arc<str>]>), rules: impl FnOnce(&mut Arc<str>)) {
        attributes(&mut self.attributes);
        rules(&mut self.names);
    }

    /// Returns the name of a rule.
    pub fn rule_name(&self, position: u16) -> Option<&str> {
        self.names.split_terminator(Self::NAME_TERMINATOR).nth(usize::from(position))
    }

    /// The terminator of names, which contain no control characters.
    const NAME_TERMINATOR: char = '\0';

    pub(crate) fn join_names<'n>(names: impl Iterator<Item = &'n str>) -> Arc<str> {
        let mut joined = String::new();
        for name in names {
            joined.extend(name.chars().filter(|char| *char != Self::NAME_TERMINATOR).chain([Self::NAME_TERMINATOR]));
        }
        joined.into()
    }

    /// Visits the sources of a route that is not shared yet.
    pub(crate) fn for_each_source(&mut self, visit: &mut dyn FnMut(&mut Source)) {
        for overrides in Arc::get_mut(&mut self.overrides).into_iter().flatten() {
            visit(&mut overrides.source);
        }
        if let Some(table) = self.table.as_mut().and_then(Arc::get_mut) {
            visit(&mut table.source);
        }
        for rule in Arc::get_mut(&mut self.rules).into_iter().flatten() {
            rule.condition.for_each_source(visit);
            rule.select.for_each_source(visit);
        }
        if let Some(otherwise) = &mut self.otherwise {
            otherwise.for_each_source(visit);
        }
    }
}

impl Rule {
    fn at_version(&self, version: u64) -> Self {
        Self { condition: self.condition.clone(), select: self.select.at_version(version) }
    }
}
