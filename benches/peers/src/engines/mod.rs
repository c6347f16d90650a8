//! The engines. Each file builds the same flags in the way of its engine.

pub mod by_name;
pub mod hand_written;
pub mod typed;
pub mod yggdrasil;

use feats::App;

use crate::measure::Engine;

/// Returns all engines, in the order of the table. Those of feats decide by the given app, which is the process-wide one.
///
/// # Errors
/// A flag or state cannot be written.
pub async fn all(app: &App) -> feats::Result<Vec<Engine>> {
    let [by_name, by_handle] = by_name::engines(&app.flags()).await?;
    Ok(vec![hand_written::engine(), typed::engine(app).await?, by_handle, by_name, yggdrasil::engine()])
}
