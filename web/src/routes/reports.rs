//! The written reports: a start page and the files themselves.

use std::path::{Component, Path, PathBuf};

use axum::{
    extract,
    http::{StatusCode, header},
    response::{IntoResponse as _, Redirect, Response},
};

use crate::State;

/// The start page is the index that is written with the reports.
pub(crate) async fn index(extract::State(state): extract::State<State>) -> Response {
    if state.reports.join("index.html").is_file() {
        Redirect::to("/reports/index.html").into_response()
    } else {
        (
            [(header::CONTENT_TYPE, "text/html; charset=utf-8")],
            "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>蓝碧</title>\
             <p>还没有报告。运行 <code>lanbi report daily --period 日期</code> 生成第一份。</p></html>",
        )
            .into_response()
    }
}

/// One file below the report folder, never outside it.
pub(crate) async fn file(
    extract::State(state): extract::State<State>,
    extract::Path(path): extract::Path<String>,
) -> Result<Response, StatusCode> {
    let path = inside(&state.reports, &path).ok_or(StatusCode::NOT_FOUND)?;
    let kind = match path.extension().and_then(|e| e.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("json") => "application/json",
        Some("txt") => "text/plain; charset=utf-8",
        _ => return Err(StatusCode::NOT_FOUND),
    };
    let bytes = tokio::fs::read(&path).await.map_err(|_| StatusCode::NOT_FOUND)?;
    Ok(([(header::CONTENT_TYPE, kind), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")], bytes).into_response())
}

/// Joins a path of an address to a folder; none where it would lead out of it.
fn inside(folder: &Path, path: &str) -> Option<PathBuf> {
    let path = Path::new(path);
    path.components().all(|c| matches!(c, Component::Normal(_))).then(|| folder.join(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_address_leads_out_of_the_folder() {
        let folder = Path::new("/srv/reports");
        assert_eq!(inside(folder, "daily/a.html"), Some(PathBuf::from("/srv/reports/daily/a.html")));
        for path in ["../secret", "daily/../../secret", "/etc/passwd", "./a.html"] {
            assert_eq!(inside(folder, path), None, "{path}");
        }
    }
}
