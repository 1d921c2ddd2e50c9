//! Many rows in one statement.

use sqlx::{
    Sqlite, SqliteConnection,
    query::Query,
    sqlite::{SqliteArguments, SqliteQueryResult},
};

use crate::StoreError;

/// A statement that still takes values.
pub(super) type Binding = Query<'static, Sqlite, SqliteArguments>;

/// Rows in one statement, largest first. The largest stays below SQLite's limit of 32766 bound values for any table
/// of ours, the others finish a batch in few steps.
const SIZES: [usize; 3] = [500, 25, 1];

/// An `INSERT ... VALUES` written once for each number of rows it is used with.
pub(super) struct Insert {
    texts: [(usize, String); 3],
}

impl Insert {
    /// `head` ends before `VALUES`.
    pub(super) fn new(head: &str, columns: usize) -> Self {
        let row = format!("({})", vec!["?"; columns].join(","));
        Self {
            texts: SIZES.map(|rows| (rows, format!("{head} VALUES {}", vec![row.as_str(); rows].join(",")))),
        }
    }

    /// Inserts all rows and tells how many went in; `bind` gives one row's values in the order of the columns.
    pub(super) async fn run<R: Sync>(
        &'static self,
        conn: &mut SqliteConnection,
        rows: &[R],
        bind: impl Fn(Binding, &R) -> Binding + Send,
    ) -> Result<u64, StoreError> {
        let mut rest = rows;
        let mut inserted = 0;
        for (size, text) in &self.texts {
            while let Some((some, others)) = rest.split_at_checked(*size) {
                let done: SqliteQueryResult =
                    some.iter().fold(sqlx::query(text.as_str()), &bind).execute(&mut *conn).await?;
                inserted += done.rows_affected();
                rest = others;
            }
        }
        Ok(inserted)
    }
}
