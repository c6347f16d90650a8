//! Operands of a state with text that is hard to read correctly, each with its path.

use crate::text::{Remark, list_remarks, remarks};

use crate::model::{Condition, Operator, Predicate, State, Value, join};

/// The maximum number of remarks on one state.
const MAX_REMARKS: usize = 100;

/// An unusual operand of a state.
pub(super) struct UnusualText {
    /// The path: `rules[0].when.in[2]`.
    pub(super) path: String,
    pub(super) text: String,
    pub(super) remarks: Vec<Remark>,
}

/// Returns the unusual texts of a state, in document order: at most 100.
pub(super) fn unusual_texts(state: &State) -> Vec<UnusualText> {
    let mut found = Vec::new();
    for (index, known) in state.overrides.iter().enumerate() {
        list(&format!("overrides[{index}].values"), &known.values, &mut found);
    }
    for (index, rule) in state.rules.iter().enumerate() {
        condition(&format!("rules[{index}].when"), &rule.when, &mut found);
    }
    found
}

fn condition(path: &str, condition: &Condition, found: &mut Vec<UnusualText>) {
    if found.len() >= MAX_REMARKS {
        return;
    }
    match condition {
        Condition::All { all } => parts(&join(path, "all"), all, found),
        Condition::Any { any } => parts(&join(path, "any"), any, found),
        Condition::Not { not } => self::condition(&join(path, "not"), not, found),
        Condition::Predicate(known) => predicate(path, known, found),
    }
}

fn parts(path: &str, parts: &[Condition], found: &mut Vec<UnusualText>) {
    for (index, part) in parts.iter().enumerate() {
        condition(&format!("{path}[{index}]"), part, found);
    }
}

fn predicate(path: &str, Predicate { operator, .. }: &Predicate, found: &mut Vec<UnusualText>) {
    let path = join(path, operator.name());
    match operator {
        Operator::In(values) | Operator::NotIn(values) => list(&path, values, found),
        Operator::Eq(value)
        | Operator::Ne(value)
        | Operator::Gt(value)
        | Operator::Gte(value)
        | Operator::Lt(value)
        | Operator::Lte(value) => {
            found.extend(value.as_text().and_then(|text| unusual(&path, text)));
        }
        Operator::StartsWith(text) | Operator::EndsWith(text) | Operator::Contains(text) | Operator::Matches(text) => {
            found.extend(unusual(&path, text));
        }
        // Ranges and times that can be parsed contain nothing unusual.
        Operator::Semver(_) | Operator::Before(_) | Operator::After(_) => {}
    }
}

fn unusual(path: &str, text: &str) -> Option<UnusualText> {
    let remarks = remarks(text);
    (!remarks.is_empty()).then(|| UnusualText { path: path.to_owned(), text: text.to_owned(), remarks })
}

fn list(path: &str, values: &[Value<'static>], found: &mut Vec<UnusualText>) {
    let texts = values.iter().enumerate().filter_map(|(index, value)| Some((index, value.as_text()?)));
    let (indices, texts): (Vec<usize>, Vec<&str>) = texts.unzip();
    for (position, remark) in list_remarks(texts.iter().copied(), MAX_REMARKS.saturating_sub(found.len())) {
        let (Some(index), Some(text)) = (indices.get(position), texts.get(position)) else { continue };
        let path = format!("{path}[{index}]");
        match found.last_mut() {
            Some(last) if last.path == path => last.remarks.push(remark),
            _ => found.push(UnusualText { path, text: (*text).to_owned(), remarks: vec![remark] }),
        }
    }
}
