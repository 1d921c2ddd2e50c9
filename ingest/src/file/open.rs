//! Opens a recorded file: text, plain or gzip, in the encodings that offices save in, or a sheet of a workbook.

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use super::{Mapping, encoding, workbook};
use crate::IngestError;

/// Opens a table for [`super::read_rows`]. A workbook (.xlsx, .xlsm, .xls, .ods) gives its first sheet, or the one named;
/// anything else is text. Text that is not UTF-8 but GBK or GB 18030, or UTF-16 with its mark, is read as such.
///
/// # Errors
/// The file does not exist or may not be read, is no workbook for all its name, or has no such sheet.
pub fn open_table(
    path: &Path,
    sheet: Option<&str>,
    mapping: &Mapping,
) -> Result<Box<dyn Read + Send>, IngestError> {
    if workbook::is_workbook(path) {
        return Ok(Box::new(Cursor::new(workbook::as_text(path, sheet, mapping)?)));
    }
    if sheet.is_some() {
        return Err(IngestError::Workbook {
            path: path.to_owned(),
            detail: "is no workbook and has no sheets; leave --sheet out".to_owned(),
        });
    }
    match encoding::other_than_utf8(|| open(path))? {
        None => open(path),
        Some(encoding) => Ok(Box::new(encoding::Transcoded::new(open(path)?, encoding))),
    }
}

/// Opens a file for its bytes; one that ends in `.gz` is unpacked on the fly.
///
/// # Errors
/// The file does not exist or may not be read.
pub fn open(path: &Path) -> Result<Box<dyn Read + Send>, IngestError> {
    let file = File::open(path).map_err(|source| IngestError::File { path: path.to_owned(), source })?;
    let packed = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gz"));
    Ok(if packed { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) })
}
