//! What every backend promises. A backend instantiates the suite once with `promises!`, giving an expression that opens
//! a fresh store and one that names a file (or database) which can be opened again.

pub(crate) mod alarms;
pub(crate) mod derived;
pub(crate) mod durable;
pub(crate) mod fixture;
pub(crate) mod letters;
pub(crate) mod random;
pub(crate) mod stale;
pub(crate) mod values;

/// One test for each promise; `$fresh` opens an empty store.
macro_rules! promises {
    ($fresh:expr) => {
        $crate::suite::each_promise! { $fresh;
            values::new_values_are_found_again,
            values::an_empty_batch_changes_nothing,
            values::a_repeat_changes_nothing,
            values::another_number_is_a_revision,
            values::a_replaced_value_that_comes_again_is_a_repeat,
            values::other_device_flags_are_a_revision,
            values::a_repeat_after_a_check_is_no_revision,
            values::a_key_twice_in_a_batch_counts_in_its_order,
            values::decimals_come_back_exactly,
            values::ends_of_a_query_are_those_of_intervals,
            values::results_are_in_order,
            values::a_large_batch_is_like_many_small_ones,
            values::latest_is_the_newest_instant_even_when_older_ones_come_later,
            stale::touched_days_are_marked_and_repeats_mark_nothing,
            stale::a_mark_moved_on_meanwhile_survives,
            stale::an_old_mark_never_settles_a_new_one,
            stale::oldest_days_come_first,
            letters::bytes_and_counts_survive,
            letters::are_listed_newest_first_and_filtered,
            derived::day_means_are_replaced_and_ordered,
            derived::flags_are_set_and_device_flags_stay,
            derived::states_come_back_in_every_phase,
            alarms::are_raised_once_and_cleared_once,
            alarms::a_clearing_without_an_alarm_counts_nothing,
            alarms::are_filtered_newest_first,
            alarms::notifications_wait_until_they_are_sent,
            random::any_history_agrees_with_the_naive_model,
        }
    };
}

macro_rules! each_promise {
    ($fresh:expr; $($group:ident::$promise:ident,)+) => {
        $(#[tokio::test]
        async fn $promise() {
            let (store, _place) = $fresh.await;
            $crate::suite::$group::$promise(&*store).await;
            assert!(store.account().await.unwrap().balances());
            store.close().await;
        })+
    };
}

pub(crate) use {each_promise, promises};
