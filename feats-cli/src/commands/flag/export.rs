//! `feats flag export`: the way back to another system.

use std::fs;
use std::io;
use std::path::Path;
use std::time::SystemTime;

use feats::flags::flipper::Item;
use feats::text::counted;
use feats::{Error, ErrorKind, Timestamp};
use serde::Serialize;

use crate::args::{ExportSystem, FlagExport};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Result;
use crate::output::{Page, Render};
use crate::source::{self, Place};

pub(super) async fn run(context: &Context, arguments: &FlagExport) -> Result<Exit> {
    let place = arguments.output.as_deref().map(Place::parse).transpose()?.filter(|place| !place.is_stream());
    let mut exported = Exported::new(context, arguments)?;
    let items = exported.flags.iter().map(|row| (row.flag.as_str(), row.item.as_str()));
    let items: Vec<(&str, &str)> = items.filter(|(_, item)| !item.is_empty()).collect();
    match &place {
        None => {}
        Some(Place::File(path)) => write_file(Path::new(path), &lines(&items), arguments.replace)?,
        Some(Place::Redis(store)) => {
            let progress = context.output.progress("Exporting", items.len());
            source::write(store, &items, arguments.replace, || progress.step()).await?;
        }
    }
    exported.place = place.as_ref().map(Place::to_string);
    match place {
        None if !context.output.is_json() => {
            context.output.print(&lines(&items))?;
            context.output.note(|page| exported.write(page));
        }
        _ => context.output.show(&exported)?,
    }
    Ok(if exported.left_out == 0 { Exit::Success } else { Exit::Negative })
}

fn lines(items: &[(&str, &str)]) -> String {
    items.iter().map(|(_, item)| format!("{item}\n")).collect()
}

/// Writes a file, unless it exists with another content.
fn write_file(path: &Path, text: &str, replace: bool) -> Result<()> {
    let failed = |error: io::Error| {
        Error::new(ErrorKind::Unavailable, "the file cannot be written").with_path(path).with_source(error)
    };
    if !replace {
        match fs::read(path) {
            Ok(existing) if existing == text.as_bytes() => return Ok(()),
            Ok(_) => {
                let message = "the file exists and differs; --replace overwrites it";
                return Err(Error::new(ErrorKind::Invalid, message).with_path(path).into());
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(error).into()),
        }
    }
    Ok(fs::write(path, text).map_err(failed)?)
}

#[derive(Serialize)]
struct Exported {
    to: &'static str,
    /// The place that was written; `null` if the flags are only printed.
    place: Option<String>,
    flags: Vec<Row>,
    exported: usize,
    left_out: usize,
}

#[derive(Serialize)]
struct Row {
    flag: String,
    /// The JSON text of the other system; empty if the flag was left out.
    item: String,
    /// What the other system cannot express. For a flag that was left out, the reasons.
    lost: Vec<String>,
}

impl Exported {
    /// Translates the flags.
    fn new(context: &Context, arguments: &FlagExport) -> Result<Self> {
        let ExportSystem::Flipper = arguments.to;
        let names = match arguments.flags.is_empty() {
            true => context.app.flags().list().names(),
            false => arguments.flags.clone(),
        };
        let now = Timestamp::from(SystemTime::now());
        let flags = names.into_iter().map(|flag| {
            let state = context.feature(&flag)?.state();
            Ok(match Item::from_state(&flag, &state, now) {
                Ok((item, lost)) => Row { flag, item: item.to_json(), lost },
                Err(error) => {
                    let lost = error.problems().iter().map(|problem| problem.message().to_owned()).collect();
                    Row { flag, item: String::new(), lost }
                }
            })
        });
        let flags = flags.collect::<Result<Vec<Row>>>()?;
        let left_out = flags.iter().filter(|row| row.item.is_empty()).count();
        Ok(Self { to: "flipper", place: None, exported: flags.len() - left_out, flags, left_out })
    }
}

impl Render for Exported {
    fn write(&self, page: &mut Page) {
        for Row { flag, item, lost } in self.flags.iter().filter(|row| !row.lost.is_empty()) {
            page.line(format_args!(
                "{flag}: {}",
                if item.is_empty() { "left out" } else { "exported with differences" }
            ));
            lost.iter().for_each(|lost| page.item(lost));
        }
        let flags = counted(self.exported, "flag");
        let place = self.place.as_ref().map(|place| format!(" to {place}")).unwrap_or_default();
        let left_out = if self.left_out == 0 { String::new() } else { format!(", {} left out", self.left_out) };
        page.line(format_args!("{flags} exported{place}{left_out}"));
    }
}
