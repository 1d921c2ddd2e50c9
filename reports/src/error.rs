//! What can go wrong while a report is written.

/// Errors of this room.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// A template could not be filled.
    #[error("the page could not be laid out; check the template named in the cause")]
    Template(#[from] askama::Error),
    /// A chart could not be drawn.
    #[error("the chart `{chart}` could not be drawn: {cause}; check its data for values out of range")]
    Chart {
        /// Title of the chart.
        chart: String,
        /// What the drawing library said.
        cause: String,
    },
    /// A model could not be written as JSON.
    #[error("the report could not be written as JSON; ask for html instead and report this fault")]
    Json(#[from] serde_json::Error),
    /// No river chief of that id in the report.
    #[error("river chief `{0}` is not in this report; use an id from the registry")]
    NoSuchChief(String),
}
