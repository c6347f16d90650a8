//! The lookup table of a route, for rules that test one segment for equality.

use std::sync::Arc;

use super::route::lookup::Lookup;
use super::route::matcher::{CompiledCondition, Matcher};
use super::route::operand::Operand;
use super::route::source::Source;
use super::route::{Rule, Table};

/// Combines the first rules, as long as they test one segment for equality, in a table.
pub(super) fn equality_table(rules: &[Rule]) -> Option<Arc<Table>> {
    const MIN_TABLE_RULES: usize = 4;
    let (source, _) = equality(rules.first()?)?;
    let leading = rules.iter().zip(0_u16..).map_while(|(rule, index)| {
        equality(rule).filter(|(other, _)| *other == source).map(|(_, value)| (value, index))
    });
    let pairs: Vec<_> = leading.map(|(operand, index)| (operand.value(), index)).collect();
    let length = u16::try_from(pairs.len()).ok()?;
    let lookup = || Lookup::new(pairs.iter().map(|(value, index)| (value, *index)));
    (pairs.len() >= MIN_TABLE_RULES).then(|| Arc::new(Table { source, rules: lookup(), length }))
}

/// Returns the segment and the operand of a rule that tests for equality.
fn equality(rule: &Rule) -> Option<(Source, &Operand)> {
    match &rule.condition {
        CompiledCondition::Predicate { source, matcher: Matcher::Equal(operand), negated: false } => {
            Some((*source, operand))
        }
        _ => None,
    }
}
