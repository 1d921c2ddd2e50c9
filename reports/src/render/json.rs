//! Report models as JSON: every figure is an exact decimal string with its unit.

use serde::Serialize;

use crate::ReportError;

/// Writes a model, indented, with a final newline.
///
/// # Errors
/// The model cannot be written; none of this crate's models is.
pub fn write(model: &impl Serialize) -> Result<String, ReportError> {
    let mut text = serde_json::to_string_pretty(model)?;
    text.push('\n');
    Ok(text)
}
