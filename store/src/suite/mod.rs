//! What every backend promises. A backend instantiates the suite once with `promises!`, giving an expression that opens
//! a fresh store and one that names a file (or database) which can be opened again.

pub(crate) mod alarms;
pub(crate) mod archive;
pub(crate) mod books;
pub(crate) mod derived;
pub(crate) mod device_records;
pub(crate) mod durable;
pub(crate) mod fixture;
pub(crate) mod leases;
pub(crate) mod letters;
pub(crate) mod random;
pub(crate) mod records;
pub(crate) mod replays;
pub(crate) mod reviews;
pub(crate) mod stale;
pub(crate) mod upkeep;
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
            stale::marks_gather_their_causes_until_they_are_settled,
            stale::days_are_marked_to_be_looked_at_again,
            stale::days_computed_again_are_counted_by_cause,
            reviews::each_decision_starts_from_what_the_station_sent,
            reviews::a_decision_leaves_who_and_why_with_the_value_before,
            reviews::a_decision_that_stands_already_changes_nothing,
            reviews::a_decision_makes_its_day_stale_and_no_value_late,
            reviews::what_is_unsigned_or_not_there_is_refused,
            reviews::a_copy_of_what_was_decided_on_is_a_repeat_and_news_counts,
            reviews::a_check_that_ran_before_a_decision_does_not_undo_it,
            letters::bytes_and_counts_survive,
            letters::are_listed_newest_first_and_filtered,
            letters::are_gone_through_piece_by_piece,
            letters::let_go_oldest_first,
            device_records::a_record_is_kept_once_and_counts_nowhere,
            device_records::records_are_listed_newest_first_and_filtered,
            device_records::odd_texts_of_devices_are_kept_within_bounds,
            device_records::records_go_by_their_arrival,
            device_records::records_of_a_letter_are_kept_when_it_is_replayed,
            device_records::records_are_gone_through_piece_by_piece,
            replays::each_value_of_a_letter_counts_once,
            replays::the_letter_keeps_what_is_still_rejected,
            replays::a_replay_may_revise_and_an_unknown_letter_changes_nothing,
            leases::one_holder_at_a_time,
            leases::run_out_when_nobody_prolongs_them,
            leases::a_holder_without_its_lease_commits_nothing,
            books::memos_are_kept_replaced_and_removed,
            books::reports_are_noted_once_and_in_order,
            books::a_day_computed_again_makes_its_reports_outdated,
            derived::day_means_are_replaced_and_ordered,
            derived::flags_are_set_and_device_flags_stay,
            derived::states_come_back_in_every_phase,
            alarms::are_raised_once_and_cleared_once,
            alarms::a_clearing_without_an_alarm_counts_nothing,
            alarms::are_filtered_newest_first,
            alarms::notifications_wait_until_they_are_sent,
            alarms::an_amended_alarm_may_end_elsewhere_or_stand_again,
            alarms::a_withdrawn_alarm_no_longer_counts,
            alarms::an_alarm_that_comes_back_is_told_of_again,
            alarms::what_is_told_anew_takes_the_place_of_what_still_waits,
            records::a_patrol_is_kept_once_and_a_change_leaves_the_earlier_one,
            records::patrols_are_found_by_their_ends_and_their_chief,
            records::an_id_twice_in_a_call_counts_in_its_turn,
            records::odd_texts_and_fine_times_come_again_as_repeats,
            records::steps_in_any_order_give_the_same_problem,
            records::a_problem_changes_and_its_steps_stay,
            records::problems_are_listed_by_time_chief_and_openness,
            records::a_step_of_an_unknown_problem_is_refused,
            upkeep::status_tells_what_is_there,
            upkeep::old_values_go_and_young_ones_stay,
            upkeep::values_of_a_day_that_waits_stay,
            archive::an_archive_holds_what_its_part_names,
            archive::a_restored_store_gives_the_same_answers,
            archive::restoring_twice_is_like_once,
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
