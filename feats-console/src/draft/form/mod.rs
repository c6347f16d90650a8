//! The form of one rule. It keeps texts as typed, so that errors appear at their fields.

mod buckets;
mod condition;
mod gate;
mod operator;
mod selector;
pub(crate) mod source;
mod units;
mod value_type;

pub(crate) use condition::{ConditionForm, Row, checks};
pub(crate) use gate::GateForm;
pub(crate) use operator::{FieldError, OperandKind, OperatorField};
pub(crate) use selector::{SelectorForm, SelectorKind, can_split};
pub(crate) use units::UnitsKind;
pub(crate) use value_type::ValueType;

use std::fmt;
use std::str::FromStr;

use feats::model::{CONDITIONS, Condition, Declaration, Rule, Selector, State};

use crate::fields::Fields;

/// The position of an editable part: a rule, or everyone else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RulePosition {
    Rule(usize),
    Otherwise,
}

/// The form of a rule, or of everyone else.
#[derive(Clone, Debug)]
pub(crate) struct RuleForm {
    pub(crate) name: String,
    /// The condition; for a gate, its conditions.
    pub(crate) condition: ConditionForm,
    pub(crate) selector: SelectorForm,
    /// Errors by field name.
    pub(crate) problems: Vec<(String, FieldError)>,
    /// The names of the fields that the user has visited. Only these show an error while they are empty.
    pub(crate) visited: Vec<String>,
    /// `true` if every empty field shows its error, because the user tried to close the form.
    pub(crate) shows_all_errors: bool,
}

impl RuleForm {
    /// Creates the form of a rule in a state, or returns `None` if there is no such rule.
    pub(crate) fn from_state(state: &State, position: RulePosition, declaration: &Declaration) -> Option<Self> {
        let default = Selector::Static(declaration.default_implementation().to_owned());
        let (name, condition, selector) = match position {
            RulePosition::Rule(index) => {
                let rule = state.rules.get(index)?;
                let condition = match &rule.select {
                    Selector::Gate(gate) => ConditionForm::from_gate(&gate.conditions, declaration),
                    _ => ConditionForm::new(&rule.when, declaration),
                };
                (rule.name.clone(), condition, &rule.select)
            }
            RulePosition::Otherwise => {
                (String::new(), ConditionForm::default(), state.otherwise.as_ref().unwrap_or(&default))
            }
        };
        let selector = SelectorForm::new(selector, declaration);
        Some(Self { name, condition, selector, problems: Vec::new(), visited: Vec::new(), shows_all_errors: false })
    }

    /// Parses the submitted form.
    pub(crate) fn parse(fields: &Fields, declaration: &Declaration) -> Self {
        Self {
            name: fields.get("r.name").to_owned(),
            condition: ConditionForm::parse(fields, declaration),
            selector: SelectorForm::parse(fields, declaration),
            problems: Vec::new(),
            visited: fields.get("r.visited").split_whitespace().map(str::to_owned).collect(),
            shows_all_errors: false,
        }
    }

    /// Writes the form to a state. If the form has errors, stores them and leaves the state unchanged.
    pub(crate) fn apply(&mut self, state: &mut State, position: RulePosition, declaration: &Declaration) -> bool {
        let mut problems = Vec::new();
        let (before, current) = match position {
            RulePosition::Rule(index) => state.rules.get(index).map(|rule| (rule.when.clone(), &rule.select)).unzip(),
            RulePosition::Otherwise => (None, state.otherwise.as_ref()),
        };
        if let RulePosition::Rule(index) = position
            && state.rules.get(index).is_none_or(|rule| rule.name != self.name)
        {
            self.name = self.name.trim().to_owned();
        }
        let before = before.unwrap_or_default();
        let (condition, selector) = match (&self.selector.gate, current.and_then(Selector::gate)) {
            // The condition of a rule with a gate is not in the form.
            (Some(form), Some(gate)) => {
                let conditions = self.condition.gate_conditions(&gate.conditions, declaration, &mut problems);
                (before, form.gate(conditions).into())
            }
            _ => {
                let condition = self.condition.condition(&before, declaration, &mut problems);
                (condition, self.selector.selector(current, &mut problems))
            }
        };
        if let RulePosition::Rule(index) = position {
            problems.extend(self.name_problem(state, index));
        }
        self.problems = problems;
        if !self.problems.is_empty() {
            return false;
        }
        // Unchanged parts stay verbatim, even if the form would write them differently.
        let unchanged = Self::from_state(state, position, declaration);
        let changes_condition = unchanged.as_ref().is_none_or(|unchanged| unchanged.condition != self.condition);
        let changes_selector = unchanged.is_none_or(|unchanged| unchanged.selector != self.selector)
            || (changes_condition && self.selector.gate.is_some());
        match position {
            RulePosition::Rule(index) => {
                let Some(rule) = state.rules.get_mut(index) else { return true };
                rule.name.clone_from(&self.name);
                if changes_condition {
                    rule.when = condition;
                }
                if changes_selector {
                    rule.select = selector;
                }
            }
            RulePosition::Otherwise if changes_selector => state.otherwise = Some(selector),
            RulePosition::Otherwise => {}
        }
        true
    }

    /// Returns `true` for a gate without conditions.
    pub(crate) fn is_empty_gate(&self) -> bool {
        self.selector.gate.is_some() && self.condition.rows.is_empty()
    }

    fn name_problem(&self, state: &State, index: usize) -> Option<(String, FieldError)> {
        let taken = state.rules.iter().enumerate().any(|(other, rule)| other != index && rule.name == self.name);
        let message = match feats::text::check_name(&self.name) {
            Err(message) => message,
            Ok(()) if taken => "another rule has this name".to_owned(),
            Ok(()) => return None,
        };
        Some(("r.name".to_owned(), FieldError::invalid(message)))
    }

    /// The error of a field, if it is shown.
    pub(crate) fn problem(&self, field: &str) -> Option<&str> {
        let (_, error) = self.problems.iter().find(|(other, _)| other == field)?;
        self.is_shown(field, error).then_some(error.message.as_str())
    }

    /// The first field whose error is shown.
    pub(crate) fn first_problem(&self) -> Option<&str> {
        self.problems.iter().find(|(field, error)| self.is_shown(field, error)).map(|(field, _)| field.as_str())
    }

    fn is_shown(&self, field: &str, error: &FieldError) -> bool {
        let was_left =
            |visited: &String| visited.strip_prefix(field).is_some_and(|rest| matches!(rest, "" | ".v" | ".json"));
        !error.is_missing || self.shows_all_errors || self.visited.iter().any(was_left)
    }

    /// The element id of a field.
    pub(crate) fn element(&self, field: &str) -> String {
        let weight = |name: &str| self.selector.weights.iter().position(|(other, _)| other == name);
        if let Some(index) = field.strip_prefix("r.w.").and_then(weight) {
            return format!("w{index}");
        }
        if let Some(index) = field.strip_prefix("r.f.").and_then(weight) {
            return format!("f{index}");
        }
        let row = field.strip_prefix("r.c").map(|row| row.split_once('.').unwrap_or((row, "v")));
        match row.filter(|(index, _)| index.parse::<usize>().is_ok()) {
            Some((index, "name")) => format!("c{index}-source"),
            Some((index, part)) => format!("c{index}-{part}"),
            None => field.replace('.', "-"),
        }
    }
}

impl FromStr for RulePosition {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "otherwise" => Ok(RulePosition::Otherwise),
            index => index.parse().map(RulePosition::Rule).map_err(|_| ()),
        }
    }
}

impl fmt::Display for RulePosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RulePosition::Rule(index) => write!(f, "{index}"),
            RulePosition::Otherwise => f.write_str("otherwise"),
        }
    }
}

/// Creates a rule with a unique name that serves the default to everyone.
pub(crate) fn new_rule(state: &State, declaration: &Declaration) -> Rule {
    let names = std::iter::once("New rule".to_owned()).chain((2..).map(|count| format!("New rule {count}")));
    let free = names.into_iter().find(|name| state.rules.iter().all(|rule| rule.name != *name)).unwrap_or_default();
    // A rule of a flag most likely enables it.
    let choice = declaration.names().nth(usize::from(declaration.flag));
    let choice = choice.unwrap_or_else(|| declaration.default_implementation());
    Rule::new(free, Condition::default(), Selector::Static(choice.to_owned()))
}

/// Creates the rule with the conditions of a flag.
pub(crate) fn new_conditions(state: &State) -> Rule {
    Rule::new(CONDITIONS, Condition::default(), gate::new_gate(state).into())
}

/// Returns `true` for the rule with the conditions of a flag.
pub(crate) fn is_conditions(rule: &Rule) -> bool {
    rule.name == CONDITIONS && rule.select.gate().is_some()
}
