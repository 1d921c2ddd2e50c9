//! Whether the service can do its work: the store answers.

use axum::{extract, http::StatusCode};

use crate::State;

pub(crate) async fn health(extract::State(state): extract::State<State>) -> (StatusCode, &'static str) {
    match state.store.account().await {
        Ok(_) => (StatusCode::OK, "ok\n"),
        Err(error) => {
            tracing::warn!(%error, "health check failed");
            (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer\n")
        }
    }
}
