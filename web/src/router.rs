//! Address to page.

use axum::{Router, routing::get};

use crate::{State, routes, vitals::SharedVitals};

/// All pages; with `vitals` also health and metrics.
pub fn router(state: State, vitals: Option<SharedVitals>) -> Router {
    let pages = Router::new()
        .route("/", get(routes::reports::index))
        .route("/reports/{*path}", get(routes::reports::file))
        .route("/api/account", get(routes::account::account))
        .with_state(state);
    match vitals {
        Some(vitals) => pages.merge(health_router(vitals)),
        None => pages,
    }
}

/// Health and metrics alone.
pub fn health_router(vitals: SharedVitals) -> Router {
    Router::new()
        .route("/healthz", get(routes::health::health))
        .route("/metrics", get(routes::health::metrics))
        .with_state(vitals)
}
