//! Arguments of `lanbi import`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Form of what an import says of its files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// Tab-separated lines, one table after the other.
    Table,
    /// One JSON document.
    Json,
}

#[derive(Args, Debug)]
pub(crate) struct ImportFilesArgs {
    /// Recorded files: CSV (UTF-8, GBK or UTF-16; `.gz` as it is) and workbooks (.xlsx, .xlsm, .xls, .ods); `-` is CSV on
    /// standard input.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// A built-in mapping by name, or a mapping file.
    #[arg(long, value_name = "NAME|FILE")]
    pub mapping: String,
    /// Sheet of workbooks; the first unless given.
    #[arg(long, value_name = "NAME")]
    pub sheet: Option<String>,
    /// Year of stamps that carry none; overrides the mapping.
    #[arg(long)]
    pub year: Option<i32>,
    /// Only show what would become of the rows; store nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Also read files that are in already; what is known is recognised.
    #[arg(long)]
    pub again: bool,
    /// Form of the result.
    #[arg(long, value_enum, default_value_t = Form::Table)]
    pub output: Form,
}
