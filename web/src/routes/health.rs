//! Whether the service does its work, and its figures.

use axum::{
    extract,
    http::{StatusCode, header},
    response::IntoResponse,
};

use crate::vitals::SharedVitals;

pub(crate) async fn health(extract::State(vitals): extract::State<SharedVitals>) -> (StatusCode, String) {
    let problems = vitals.problems().await;
    if problems.is_empty() {
        return (StatusCode::OK, "ok\n".to_owned());
    }
    tracing::warn!(?problems, "health check failed");
    (StatusCode::SERVICE_UNAVAILABLE, problems.join("\n") + "\n")
}

pub(crate) async fn metrics(extract::State(vitals): extract::State<SharedVitals>) -> impl IntoResponse {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], vitals.metrics().await)
}
