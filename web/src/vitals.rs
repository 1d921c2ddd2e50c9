//! What a process tells about itself.

use std::sync::Arc;

use async_trait::async_trait;

/// A process that can be asked how it is.
#[async_trait]
pub trait Vitals: Send + Sync {
    /// Its figures in the text format of OpenMetrics.
    async fn metrics(&self) -> String;

    /// What keeps it from its work, in words; empty when all is well.
    async fn problems(&self) -> Vec<String>;
}

/// A process that is asked, shared by all requests.
pub(crate) type SharedVitals = Arc<dyn Vitals>;
