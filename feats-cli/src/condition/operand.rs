//! The operand of an operator: a value, a list, a pattern or a range of versions.

use feats::Value;
use feats::model::Operator;
use feats::text::quoted;

use super::reader::{Mistake, Reader, is_keyword, is_separator};
use crate::values::{plain, with_quotes};

/// Parses the operand of an operator.
pub(super) fn parse(
    reader: &mut Reader<'_>,
    operator: &'static str,
    value: impl Fn(String) -> Value<'static>,
) -> Result<Operator, Mistake> {
    if matches!(reader.next(), None | Some(')')) {
        return Err(Mistake::new(format!("has nothing after {operator:?}")));
    }
    Ok(match operator {
        "=" => Operator::Eq(value(one(reader)?)),
        "!=" => Operator::Ne(value(one(reader)?)),
        "<" => Operator::Lt(value(one(reader)?)),
        "<=" => Operator::Lte(value(one(reader)?)),
        ">" => Operator::Gt(value(one(reader)?)),
        ">=" => Operator::Gte(value(one(reader)?)),
        "in" => Operator::In(many(reader)?.into_iter().map(value).collect()),
        "not in" => Operator::NotIn(many(reader)?.into_iter().map(value).collect()),
        "starts-with" => Operator::StartsWith(one(reader)?),
        "ends-with" => Operator::EndsWith(one(reader)?),
        "contains" => Operator::Contains(one(reader)?),
        "matches" => Operator::Matches(pattern(reader)?),
        "semver" => Operator::Semver(range(reader)?),
        "before" => Operator::Before(one(reader)?),
        _ => Operator::After(one(reader)?),
    })
}

/// Parses one value.
fn one(reader: &mut Reader<'_>) -> Result<String, Mistake> {
    match reader.next() {
        Some('"') => return reader.quotes(),
        None | Some(',' | ')') => {
            return Err(reader.mistake("has an empty value; write an empty value as \"\""));
        }
        Some(_) => {}
    }
    let word = reader.peek(|c| is_separator(c) && c != '"');
    if is_keyword(word) {
        let message = format!(
            "has {} where a value is expected; to use it as a value, write {}",
            quoted(word),
            with_quotes(word)
        );
        return Err(reader.mistake(&message));
    }
    let continues = reader.rest().get(word.len()..).is_some_and(|rest| rest.starts_with('('));
    if word.is_empty() || continues || word.contains("&&") || word.contains("||") || word.contains(';') {
        let whole = reader.peek(|c| c.is_ascii_whitespace());
        let message = format!("has {} without quotes; if it is a value, put it in \"…\"", quoted(whole));
        return Err(reader.mistake(&message));
    }
    let value = plain(word).map_err(|message| reader.mistake(&format!("is not clear: {message}")))?;
    reader.skip(word.len());
    Ok(value)
}

/// Parses comma-separated values, with or without parentheses.
fn many(reader: &mut Reader<'_>) -> Result<Vec<String>, Mistake> {
    let opened = reader.position();
    let enclosed = reader.take('(');
    let mut values = vec![one(reader)?];
    while reader.take(',') {
        values.push(one(reader)?);
    }
    if enclosed && !reader.take(')') {
        return Err(match reader.next() {
            None => Mistake::new(format!("does not close the parenthesis at character {opened}")),
            Some(_) => reader.unexpected(),
        });
    }
    Ok(values)
}

/// Parses a regular expression. Without quotes, it ends at a space, or at a parenthesis that it does not open itself.
fn pattern(reader: &mut Reader<'_>) -> Result<String, Mistake> {
    if reader.next() == Some('"') {
        return reader.quotes();
    }
    let (mut open, mut in_class, mut escaped, mut end) = (0_usize, false, false, 0);
    for (index, c) in reader.rest().char_indices() {
        if c.is_ascii_whitespace() || (c == ')' && open == 0 && !in_class && !escaped) {
            break;
        }
        match c {
            _ if escaped => {}
            '[' => in_class = true,
            ']' => in_class = false,
            '(' if !in_class => open += 1,
            ')' if !in_class => open -= 1,
            _ => {}
        }
        escaped = c == '\\' && !escaped;
        end = index + c.len_utf8();
    }
    let word = reader.rest().get(..end).unwrap_or_default();
    // Publishing reports what is wrong with a pattern that is incomplete at the end of the text.
    let continues = reader.rest().get(end..).is_some_and(|rest| !rest.trim_ascii_start().is_empty());
    if is_keyword(word) || (continues && (open > 0 || in_class)) {
        let message = "has a pattern that is not complete at a space; put a pattern with spaces in \"…\"";
        return Err(reader.mistake(message));
    }
    let pattern = plain(word).map_err(|message| reader.mistake(&format!("is not clear: {message}")))?;
    reader.skip(end);
    Ok(pattern)
}

/// Parses a range of versions: comma-separated comparators, returned as typed.
fn range(reader: &mut Reader<'_>) -> Result<String, Mistake> {
    if reader.next() == Some('"') {
        return reader.quotes();
    }
    let whole = reader.rest();
    loop {
        let symbols = reader.peek(|c| !matches!(c, '<' | '>' | '=' | '~' | '^'));
        reader.skip(symbols.len());
        one(reader)?;
        let remaining = reader.rest();
        if !reader.take(',') {
            let range = whole.get(..whole.len() - remaining.len()).unwrap_or_default();
            return Ok(range.to_owned());
        }
        reader.next();
    }
}
