//! What every page needs.

use std::{path::PathBuf, sync::Arc};

use lanbi_store::Store;

/// Shared by all requests; cheap to clone.
#[derive(Clone)]
pub struct State {
    /// The store that is asked.
    pub store: Arc<dyn Store>,
    /// The folder of written reports.
    pub reports: PathBuf,
}
