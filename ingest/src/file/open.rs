//! Opens a recorded file, plain or gzip.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use flate2::read::MultiGzDecoder;

use crate::IngestError;

/// Opens a file; one that ends in `.gz` is unpacked on the fly.
///
/// # Errors
/// The file does not exist or may not be read.
pub fn open(path: &Path) -> Result<Box<dyn Read + Send>, IngestError> {
    let file = File::open(path).map_err(|source| IngestError::File { path: path.to_owned(), source })?;
    let packed = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gz"));
    Ok(if packed { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) })
}
