//! Audit exports: CSV for spreadsheets, JSON for programs. A file is streamed while the store is read. Few exports run at the
//! same time, so that they do not delay an operator who pins a feature.

use axum::body::{Body, Bytes};
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, LINK};
use axum::response::{IntoResponse, Response};
use feats::Result;
use feats::describe::Difference;
use feats::model::Timestamp;
use feats::text::csv_cell;
use futures_util::{Stream, StreamExt, stream};
use serde::Serialize;

use super::change::Reader;
use super::merge::{AuditEntry, Merge, SearchResult};
use super::query::AuditQuery;
use super::sending::stream_parts;
use crate::access::Action;
use crate::components::{address, same_text};
use crate::failure::Failure;
use crate::limit::ExportPermit;
use crate::request_context::RequestContext;

/// The most revisions per file. The `Link` header leads to the next file.
const MAX_REVISIONS: usize = 10_000;

/// The most changes that are listed per revision.
const MAX_CHANGES: usize = 1_000;

/// The most revisions that are searched for one file, and the most newer ones that are skipped.
const MAX_SEARCHED: usize = 50_000;

/// The content of a file, with the permit to write it.
struct Export {
    found: Vec<AuditEntry>,
    /// The address of the next file.
    next: Option<String>,
    permit: ExportPermit,
}

/// A revision as a row of a file.
#[derive(Serialize)]
struct Row {
    time: Timestamp,
    feature: String,
    version: u64,
    author: String,
    comment: String,
    /// Descriptions of the changes.
    changes: Vec<String>,
    removed: bool,
    id: String,
    /// Empty if the revision is damaged.
    hash: String,
}

/// Exports `audit.csv`, as RFC 4180, without cells that a spreadsheet would evaluate as formulas.
pub(crate) async fn csv(
    context: RequestContext,
    query: std::result::Result<Query<AuditQuery>, QueryRejection>,
) -> Result<Response, Failure> {
    let Export { found, next, permit } = search(&context, query, "audit.csv").await?;
    let columns = ["time", "feature", "version", "author", "comment", "changes", "removed", "id", "hash"];
    let head = stream::iter([line(&columns.map(str::to_owned))]);
    let rows = rows(found).map(|row| line(&row?.cells()));
    Ok(file("text/csv; charset=utf-8; header=present", "audit.csv", next, permit, head.chain(rows)))
}

/// Exports `audit.json`: `{"revisions": […], "next": "audit.json?…"}`.
pub(crate) async fn json(
    context: RequestContext,
    query: std::result::Result<Query<AuditQuery>, QueryRejection>,
) -> Result<Response, Failure> {
    let Export { found, next, permit } = search(&context, query, "audit.json").await?;
    let head = stream::iter([Ok(Bytes::from_static(b"{\"revisions\":["))]);
    let rows = rows(found).enumerate().map(|(index, row)| {
        let separator = if index == 0 { "\n" } else { ",\n" };
        Ok(Bytes::from(format!("{separator}{}", serde_json::to_string(&row?).unwrap_or_default())))
    });
    let tail = format!("\n],\"next\":{}}}\n", serde_json::json!(next));
    let parts = head.chain(rows).chain(stream::iter([Ok(Bytes::from(tail))]));
    Ok(file("application/json", "audit.json", next, permit, parts))
}

async fn search(
    context: &RequestContext,
    query: std::result::Result<Query<AuditQuery>, QueryRejection>,
    path: &str,
) -> Result<Export, Failure> {
    context.require(Action::View, None)?;
    let Query(query) = query?;
    let permit = context.console.exports.begin(context.actor.name())?;
    let mut merge = Merge::new(context, &query, MAX_SEARCHED)?;
    let SearchResult { found, next } = merge.search(&query, MAX_REVISIONS, MAX_SEARCHED).await?;
    let next = next.map(|next| {
        let next = next.to_string();
        let parameters: Vec<_> = query.filters().into_iter().chain([("before", next.as_str())]).collect();
        address(path, &parameters)
    });
    Ok(Export { found, next, permit })
}

fn file(
    kind: &str,
    name: &str,
    next: Option<String>,
    permit: ExportPermit,
    parts: impl Stream<Item = Result<Bytes>> + Send + 'static,
) -> Response {
    let body = Body::from_stream(stream_parts(parts, permit));
    let link = next.map(|next| [(LINK, format!("<{next}>; rel=\"next\""))]);
    let headers = [(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))];
    match link {
        Some(link) => (headers, link, body).into_response(),
        None => (headers, body).into_response(),
    }
}

/// Returns the rows of revisions, reading each revision on demand.
fn rows(found: Vec<AuditEntry>) -> impl Stream<Item = Result<Row>> + Send + 'static {
    stream::unfold((found.into_iter(), Reader::default()), |(mut found, mut reader)| async move {
        let row = Row::load(&mut reader, &found.next()?).await;
        Some((row, (found, reader)))
    })
}

impl Row {
    async fn load(reader: &mut Reader, found: &AuditEntry) -> Result<Self> {
        let change = reader.read(found, MAX_CHANGES).await?;
        let header = &found.header;
        let changes = match (&change.revision, &change.differences) {
            (Err(error), _) => vec![error.to_string()],
            (_, None) => Vec::new(),
            (_, Some(found)) => {
                let left = found.total.saturating_sub(found.first.len());
                let more = (left > 0).then(|| format!("and {left} more"));
                found.first.iter().map(difference_text).chain(more).collect()
            }
        };
        Ok(Self {
            time: header.time,
            feature: header.feature.clone(),
            version: header.version,
            author: header.author.clone(),
            comment: header.comment.clone(),
            changes,
            removed: change.revision.as_ref().is_ok_and(|revision| revision.is_removed),
            id: header.id.clone(),
            hash: change.revision.map(|revision| revision.hash.to_string()).unwrap_or_default(),
        })
    }

    fn cells(self) -> [String; 9] {
        let Self { time, feature, version, author, comment, changes, removed, id, hash } = self;
        let changes = changes.join("\n");
        [time.to_string(), feature, version.to_string(), author, comment, changes, removed.to_string(), id, hash]
    }
}

/// Formats a CSV line without cells that a spreadsheet would evaluate as formulas.
fn line(cells: &[String; 9]) -> Result<Bytes> {
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(Vec::new());
    // Writing to memory does not fail.
    let _ = writer.write_record(cells.iter().map(|cell| csv_cell(cell).into_owned()));
    Ok(writer.into_inner().unwrap_or_default().into())
}

fn difference_text(difference: &Difference) -> String {
    match difference {
        Difference::Removed { before } => format!("removed: {}", before.text),
        Difference::Added { after } => format!("added: {}", after.text),
        Difference::Changed { before, after } if before.text == after.text => same_text(&after.part),
        Difference::Changed { before, after } => format!("before: {} after: {}", before.text, after.text),
        Difference::Reordered { before, after } => {
            format!("order before: {}; after: {}", before.join(", "), after.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_escaped_and_not_a_formula() {
        let written = |cell: &str| {
            let mut cells: [String; 9] = Default::default();
            cells[0] = cell.to_owned();
            let line = line(&cells).expect("a line");
            let text = std::str::from_utf8(&line).expect("text");
            text.strip_suffix(",,,,,,,,\r\n").expect("eight empty cells").to_owned()
        };
        for start in ["=", "+", "-", "@", "\t"] {
            assert_eq!(written(&format!("{start}1+1")), format!("'{start}1+1"));
        }
        assert_eq!(written("\r=1"), "\"'\r'=1\"");
        assert_eq!(written("x;=HYPERLINK(\"h\")"), "\"x;'=HYPERLINK(\"\"h\"\")\"");
        assert_eq!(written("x;\n=1+1"), "\"x;\n'=1+1\"");
        assert_eq!(written("a,\"b\"\nc"), "\"a,\"\"b\"\"\nc\"");
        assert_eq!(written("1-1"), "1-1");
    }
}
