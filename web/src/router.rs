//! Address to page.

use axum::{Router, routing::get};

use crate::{State, routes};

/// All pages.
pub fn router(state: State) -> Router {
    Router::new()
        .route("/", get(routes::reports::index))
        .route("/reports/{*path}", get(routes::reports::file))
        .route("/api/account", get(routes::account::account))
        .route("/healthz", get(routes::health::health))
        .with_state(state)
}
