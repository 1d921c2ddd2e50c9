//! The account of delivery as JSON.

use axum::{Json, extract, http::StatusCode};

use crate::State;

pub(crate) async fn account(
    extract::State(state): extract::State<State>,
) -> Result<Json<serde_json::Value>, StatusCode> {
    let account = state.store.account().await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    Ok(Json(serde_json::json!({
        "in": account.incoming,
        "stored": account.stored,
        "repeated": account.repeated,
        "rejected": account.rejected,
        "messages": account.messages,
    })))
}
