//! The condition of a rule as rows, one per predicate.

use feats::model::{Condition, Declaration, Predicate, Source, State, Value};

use super::operator::{FieldError, OperandKind, OperatorField, texts, typed};
use super::source;
use super::value_type::ValueType;
use crate::fields::Fields;

/// The most rows of a form.
const MAX_ROWS: usize = 200;

/// Rows that must all match, or of which one must match.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ConditionForm {
    pub(crate) any: bool,
    pub(crate) rows: Vec<Row>,
}

/// One row of the form.
#[derive(Clone, Debug)]
pub(crate) enum Row {
    /// A predicate.
    Check {
        source: Source,
        operator: OperatorField,
        /// The type of the values, which the form of a flag states; otherwise, the declaration has it.
        value_type: Option<ValueType>,
        /// The values as typed.
        texts: Vec<String>,
    },
    /// A nested group, or a condition that a row cannot represent, as JSON.
    Nested(String),
}

/// Rows are equal regardless of the order of their values, because checkboxes are submitted in the order of their options. A flag
/// has no checkboxes.
impl PartialEq for Row {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Row::Nested(one), Row::Nested(other)) => one == other,
            (
                Row::Check { source, operator, value_type, texts },
                Row::Check { source: other_source, operator: other_operator, value_type: other_type, texts: others },
            ) => {
                let sorted = |texts: &[String]| {
                    let mut texts = texts.to_vec();
                    texts.sort_unstable();
                    texts
                };
                let is_same = texts == others || (value_type.is_none() && sorted(texts) == sorted(others));
                (source, operator, value_type) == (other_source, other_operator, other_type) && is_same
            }
            _ => false,
        }
    }
}

impl ConditionForm {
    /// Creates the form of a condition.
    pub(crate) fn new(condition: &Condition, declaration: &Declaration) -> Self {
        let (any, parts) = parts(condition);
        Self { any, rows: parts.iter().map(|part| Row::new(part, declaration)).collect() }
    }

    /// Creates the form of the conditions of a gate, with a row for each check.
    pub(crate) fn from_gate(conditions: &[Condition], declaration: &Declaration) -> Self {
        let checks = checks(conditions);
        let rows = match checks.len() > MAX_ROWS {
            // Too many checks become one row of JSON, so that none is lost.
            true => vec![Row::Nested(json(&Condition::All { all: conditions.to_vec() }))],
            false => checks.into_iter().map(|check| Row::new(check, declaration)).collect(),
        };
        Self { any: false, rows }
    }

    /// Parses the submitted form.
    pub(crate) fn parse(fields: &Fields, declaration: &Declaration) -> Self {
        let rows = (0..MAX_ROWS).map_while(|index| Row::parse(fields, index, declaration)).collect();
        Self { any: fields.get("r.match") == "any", rows }
    }

    /// Builds the condition and collects the errors of its rows. Unchanged rows stay verbatim, and so does a group with a single
    /// part.
    pub(crate) fn condition(
        &self,
        before: &Condition,
        declaration: &Declaration,
        problems: &mut Vec<(String, FieldError)>,
    ) -> Condition {
        let mut remaining: Vec<&Condition> = parts(before).1.iter().collect();
        let mut parts = Vec::new();
        for (index, row) in self.rows.iter().enumerate() {
            if let Some(same) = remaining.iter().position(|part| Row::new(part, declaration) == *row) {
                parts.push(remaining.remove(same).clone());
                continue;
            }
            match row.condition(index, declaration, remaining.first().copied()) {
                Ok(part) => parts.push(part),
                Err(problem) => problems.push(problem),
            }
        }
        match (self.any, parts.len()) {
            (false, 1) if matches!(before, Condition::All { all } if !all.is_empty()) => Condition::All { all: parts },
            (true, 1) if matches!(before, Condition::Any { .. }) => Condition::Any { any: parts },
            (_, 1) => parts.pop().unwrap_or_default(),
            (true, 2..) => Condition::Any { any: parts },
            _ => Condition::All { all: parts },
        }
    }

    /// Builds the conditions of a gate and collects the errors of its rows. Conditions whose rows are all unchanged stay verbatim.
    pub(crate) fn gate_conditions(
        &self,
        before: &[Condition],
        declaration: &Declaration,
        problems: &mut Vec<(String, FieldError)>,
    ) -> Vec<Condition> {
        if Self::from_gate(before, declaration) == *self {
            return before.to_vec();
        }
        let rows_of = |condition: &Condition| -> Vec<Row> {
            let checks = checks(std::slice::from_ref(condition));
            checks.into_iter().map(|check| Row::new(check, declaration)).collect()
        };
        let mut remaining: Vec<(Vec<Row>, &Condition)> =
            before.iter().map(|condition| (rows_of(condition), condition)).collect();
        let mut conditions = Vec::new();
        let mut index = 0;
        while let Some(rows) = self.rows.get(index..).filter(|rows| !rows.is_empty()) {
            let same = remaining.iter().position(|(known, _)| !known.is_empty() && rows.starts_with(known));
            if let Some(same) = same {
                let (known, condition) = remaining.remove(same);
                conditions.push(condition.clone());
                index += known.len();
                continue;
            }
            match rows.first().map(|row| row.condition(index, declaration, None)) {
                Some(Ok(group @ (Condition::All { .. } | Condition::Any { .. }))) => conditions.push(group),
                Some(Ok(check)) => conditions.push(Condition::All { all: vec![check] }),
                Some(Err(problem)) => problems.push(problem),
                None => {}
            }
            index += 1;
        }
        conditions
    }

    /// Adds a row for the first segment. The attribute of a flag's row is yet to be typed.
    pub(crate) fn add(&mut self, declaration: &Declaration) {
        let row = match declaration.flag {
            true => OperatorField::from_name("eq").map(|operator| {
                let source = Source::Segment { segment: String::new(), input: None };
                Row::Check { source, operator, value_type: Some(ValueType::Automatic), texts: Vec::new() }
            }),
            false => declaration.segments.first().and_then(|applicable| {
                let operator = OperatorField::for_kind(applicable.kind).next()?;
                let source = source::from_segment(applicable);
                Some(Row::Check { source, operator, value_type: None, texts: Vec::new() })
            }),
        };
        if self.rows.len() < MAX_ROWS {
            self.rows.push(row.unwrap_or_else(|| Row::Nested("{\"all\": []}".to_owned())));
        }
    }

    pub(crate) fn remove(&mut self, index: usize) {
        if index < self.rows.len() {
            self.rows.remove(index);
        }
    }
}

/// Returns whether one matching part is enough, and the parts.
fn parts(condition: &Condition) -> (bool, &[Condition]) {
    match condition {
        // A group with too many parts becomes one row of JSON, so that none is lost.
        Condition::All { all } if all.len() <= MAX_ROWS => (false, all.as_slice()),
        Condition::Any { any } if (1..=MAX_ROWS).contains(&any.len()) => (true, any.as_slice()),
        other => (false, std::slice::from_ref(other)),
    }
}

/// Returns the checks of conditions that must all be met: the parts of an `all` count on their own.
pub(crate) fn checks(conditions: &[Condition]) -> Vec<&Condition> {
    let mut checks = Vec::new();
    for condition in conditions {
        match condition {
            Condition::All { all } => checks.extend(self::checks(all)),
            check => checks.push(check),
        }
    }
    checks
}

fn json(condition: &Condition) -> String {
    serde_json::to_string(condition).unwrap_or_default()
}

impl Row {
    fn new(condition: &Condition, declaration: &Declaration) -> Self {
        let nested = || Row::Nested(json(condition));
        let Condition::Predicate(check) = condition else { return nested() };
        let value_type = declaration.flag.then(|| ValueType::of_values(check.operator.values()));
        let texts =
            texts(&check.operator, |value| value_type.map_or_else(|| typed(value), |known| known.format(value)));
        // The form has one value per line.
        let is_line = |text: &String| !text.is_empty() && text.trim() == text && !text.contains(['\n', '\r']);
        match OperatorField::from_name(check.operator.name()) {
            Some(operator) if texts.iter().all(is_line) => {
                Row::Check { source: check.source.clone(), operator, value_type, texts }
            }
            _ => nested(),
        }
    }

    fn parse(fields: &Fields, index: usize, declaration: &Declaration) -> Option<Self> {
        let field = |name: &str| format!("r.c{index}.{name}");
        if fields.has(&field("json")) {
            return Some(Row::Nested(fields.get(&field("json")).to_owned()));
        }
        let is_typed = declaration.flag && fields.has(&field("name"));
        let source = match is_typed {
            true => source::from_name(fields.get(&field("name")), fields.get(&field("of"))),
            false => source::parse(fields.get(&field("source")))?,
        };
        let operator = OperatorField::from_name(fields.get(&field("op")))?;
        let name = field("v");
        let lines = fields.all(&name).flat_map(str::lines).map(str::trim).filter(|line| !line.is_empty());
        let texts: Vec<String> = lines.map(str::to_owned).collect();
        let value_type = is_typed.then(|| match operator.operand {
            OperandKind::Text => ValueType::Text,
            OperandKind::Value | OperandKind::Values => {
                let known = source::find(declaration, &source).map(|applicable| applicable.kind);
                ValueType::from_name(fields.get(&field("type"))).resolve(known, &texts)
            }
        });
        Some(Row::Check { source, operator, value_type, texts })
    }

    /// Builds the condition of a row, or returns the error of its field. `before` is its previous condition.
    fn condition(
        &self,
        index: usize,
        declaration: &Declaration,
        before: Option<&Condition>,
    ) -> Result<Condition, (String, FieldError)> {
        let at_row = |error| (format!("r.c{index}"), error);
        match self {
            Row::Check { source, operator, value_type: Some(value_type), texts } => {
                let source =
                    source::checked(declaration, source).map_err(|error| (format!("r.c{index}.name"), error))?;
                let operator = operator.to_operator(texts, |text| value_type.parse(text)).map_err(at_row)?;
                Ok(Condition::Predicate(Predicate { source, operator }))
            }
            Row::Check { source, operator, value_type: None, texts } => {
                declared_check(source, *operator, texts, declaration, before).map_err(at_row)
            }
            Row::Nested(json) => parse_nested(json).map_err(|message| at_row(FieldError::invalid(message))),
        }
    }
}

/// Builds the check of a segment that is declared, or of an attribute of the program.
fn declared_check(
    source: &Source,
    operator: OperatorField,
    texts: &[String],
    declaration: &Declaration,
    before: Option<&Condition>,
) -> Result<Condition, FieldError> {
    let kind = source::kind(declaration, source);
    if !OperatorField::for_kind(kind).any(|applicable| applicable == operator) && operator.operand == OperandKind::Text
    {
        let label = source::label(source);
        return Err(FieldError::invalid(format!("“{}” is for text, but {label} is {kind}", operator.label)));
    }
    let before = match before {
        Some(Condition::Predicate(check)) if check.source == *source => check.operator.values(),
        _ => &[],
    };
    // A text that was the text of a previous value keeps this value: `1.0` is not `1`.
    let parse = |text: &str| {
        let previous = before.iter().find(|value| typed(value) == text).cloned();
        previous.or_else(|| kind.parse(text)).ok_or_else(|| format!("“{text}” is not {kind}"))
    };
    let operator = operator.to_operator(&sorted_like(before, texts), parse)?;
    Ok(Condition::Predicate(Predicate { source: source.clone(), operator }))
}

/// Sorts texts like their previous values, with new ones last, because checkboxes are submitted in the order of their options.
fn sorted_like(before: &[Value<'_>], texts: &[String]) -> Vec<String> {
    let previous: Vec<String> = before.iter().map(typed).collect();
    let mut texts = texts.to_vec();
    texts.sort_by_key(|text| previous.iter().position(|value| value == text).unwrap_or(previous.len()));
    texts
}

/// Parses the JSON of a condition as part of a state.
fn parse_nested(json: &str) -> Result<Condition, String> {
    let rule = format!(r#"{{"rules": [{{"name": "a", "when": {json}, "select": {{"static": "a"}}}}]}}"#);
    let state: State = rule.parse().map_err(|_| "invalid JSON".to_owned())?;
    if let Some(problem) = state.problems().first() {
        return Err(problem.to_string().replace("rules[0].when", "condition"));
    }
    match state.rules.as_slice() {
        [rule] => Ok(rule.when.clone()),
        _ => Err("not a condition".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use feats::model::ValueKind;

    use super::*;

    fn declaration() -> Declaration {
        Declaration::new("Fee", ["acme"]).segment("Country", ValueKind::Text).segment("Age", ValueKind::Integer)
    }

    fn condition(json: &str) -> Condition {
        parse_nested(json).unwrap()
    }

    #[test]
    fn conditions_round_trip_through_the_form() {
        for json in [
            r#"{"all": []}"#,
            r#"{"any": []}"#,
            r#"{"segment": "Country", "in": ["CA", "US"]}"#,
            r#"{"any": [{"segment": "Country", "eq": "CA"}, {"segment": "Age", "gte": 18}]}"#,
            r#"{"all": [{"segment": "Age", "lt": 18}, {"not": {"segment": "Country", "in": ["CA"]}}]}"#,
            r#"{"segment": "Country", "eq": " a line\nand another "}"#,
        ] {
            let condition = condition(json);
            let mut problems = Vec::new();
            let read = ConditionForm::new(&condition, &declaration()).condition(
                &Condition::default(),
                &declaration(),
                &mut problems,
            );
            assert_eq!(read, condition, "{json}");
            assert!(problems.is_empty());
        }
    }

    #[test]
    fn a_condition_with_too_many_parts_is_kept_as_json() {
        let check = |index: usize| format!(r#"{{"segment": "Age", "ne": {index}}}"#);
        let checks: Vec<_> = (0..=MAX_ROWS).map(check).collect();
        let condition = condition(&format!(r#"{{"all": [{}]}}"#, checks.join(",")));
        let form = ConditionForm::new(&condition, &declaration());
        assert_eq!(form.rows.len(), 1);
        assert_eq!(form.condition(&Condition::default(), &declaration(), &mut Vec::new()), condition);
    }

    #[test]
    fn errors_name_their_row() {
        let typed = ConditionForm {
            any: false,
            rows: vec![
                Row::Check {
                    source: Source::Segment { segment: "Age".into(), input: None },
                    operator: OperatorField::from_name("gte").unwrap(),
                    value_type: None,
                    texts: vec!["old".into()],
                },
                Row::Nested("{\"not\": ".into()),
            ],
        };
        let mut problems = Vec::new();
        typed.condition(&Condition::default(), &declaration(), &mut problems);
        let actual: Vec<_> = problems.iter().map(|(field, message)| format!("{field}: {message}")).collect();
        assert_eq!(actual, ["r.c0: “old” is not an integer", "r.c1: invalid JSON"]);
    }

    #[test]
    fn the_json_of_a_group_cannot_inject_rules() {
        assert!(parse_nested(r#"{"all": []}, "select": {"static": "b"}}, {"name": "b", "when": {"all": []}"#).is_err());
    }
}
