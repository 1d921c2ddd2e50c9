//! The conformance suite on PostgreSQL with and without TimescaleDB, and what only this backend can be asked.
//!
//! `LANBI_TEST_PG_URI` names a server, with TimescaleDB preloaded, on which the tests may make databases; without it
//! they are skipped, and say so.

mod capability;
mod concurrent;
mod faults;
mod letting_go;
mod opening;
mod place;
mod tsl;
mod values;

use place::{Database, server_or_skip};

use crate::{open, suite::durable};

mod plain {
    use super::{Database, open, server_or_skip};

    crate::suite::promises! {{
        let server = server_or_skip!();
        async move {
            let database = Database::make(&server).await;
            (open(&database.uri("lanbi_timescale=off")).await.unwrap(), database)
        }
    }}
}

mod timescale {
    use super::{Database, open, server_or_skip};

    crate::suite::promises! {{
        let server = server_or_skip!();
        async move {
            let database = Database::make(&server).await;
            (open(&database.uri("")).await.unwrap(), database)
        }
    }}
}

/// Nothing takes a second connection while it holds one.
mod on_one_connection {
    use super::{Database, open, server_or_skip};

    crate::suite::promises! {{
        let server = server_or_skip!();
        async move {
            let database = Database::make(&server).await;
            (open(&database.uri("lanbi_timescale=off&lanbi_connections=1")).await.unwrap(), database)
        }
    }}
}

#[tokio::test]
async fn opening_again_finds_everything() {
    let database = Database::make(&server_or_skip!()).await;
    durable::opening_again_finds_everything(&database.uri("")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_handles_do_not_disturb_each_other() {
    let database = Database::make(&server_or_skip!()).await;
    durable::two_handles_do_not_disturb_each_other(&database.uri("")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_kept_by_two_at_once_count_once() {
    let database = Database::make(&server_or_skip!()).await;
    durable::records_kept_by_two_at_once_count_once(&database.uri("")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_tasks_share_one_handle() {
    let database = Database::make(&server_or_skip!()).await;
    durable::many_tasks_share_one_handle(&database.uri("")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn opening_a_new_store_in_several_places_at_once_is_safe() {
    let database = Database::make(&server_or_skip!()).await;
    durable::opening_a_new_store_in_several_places_at_once_is_safe(&database.uri("")).await;
}

#[tokio::test]
async fn a_look_sees_what_is_there_and_changes_nothing() {
    let database = Database::make(&server_or_skip!()).await;
    durable::a_look_sees_what_is_there_and_changes_nothing(&database.uri("")).await;
}
