//! Even years to the kilogram, and made-up plants for the interval.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;

fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn even(from: &str, to: &str, kg: &str) -> Vec<DayLoad> {
    day(from).iter_days().take_while(|d| *d <= day(to)).map(|d| (d, dec(kg))).collect()
}

#[test]
fn what_is_used_is_the_sum_of_measured_days() {
    let mut loads = even("2025-12-01", "2026-03-31", "10");
    let at = |loads: &[DayLoad], on: &str| burn_down(dec("3650"), loads, day(on));
    let spring = at(&loads, "2026-03-31");
    assert_eq!((spring.used, spring.left, spring.pace), (dec("900"), dec("2750"), Some(Decimal::ONE)));
    assert_eq!((spring.days_gone, spring.days_measured, spring.days_left), (90, 90, 275));
    // A missing day is counted and not filled; a day given twice counts once.
    loads.retain(|(d, _)| *d != day("2026-02-02"));
    loads.push((day("2026-02-03"), dec("30")));
    let gap = at(&loads, "2026-03-31");
    assert_eq!((gap.used, gap.days_measured), (dec("910"), 89));
    assert_eq!(at(&loads, "2026-01-10").used, dec("100"), "later days are not looked at");
    let overdrawn = burn_down(dec("500"), &loads, day("2026-03-31"));
    assert_eq!(overdrawn.left, dec("-410"));
    assert_eq!(burn_down(Decimal::ZERO, &loads, day("2026-03-31")).pace, None);
}

#[test]
fn an_even_year_ends_where_it_heads() {
    let check = |loads: &[DayLoad], on: &str, expected: f64, seasonal: bool| {
        let end = year_end(dec("3700"), loads, day(on), 0.8).unwrap();
        assert!((end.expected - expected).abs() < 1e-6, "{on}: {end:?}");
        assert!(
            end.low <= end.expected && end.expected <= end.high && end.is_seasonal == seasonal,
            "{end:?}"
        );
        end
    };
    let loads = even("2026-01-01", "2026-12-31", "10");
    check(&loads, "2026-06-30", 3650.0, false);
    let last = check(&loads, "2026-12-31", 3650.0, false);
    assert!((last.high - last.low).abs() < 1e-9 && last.keeps > 0.999, "the year is over: {last:?}");
    // Half the days of spring are missing and are taken at the mean.
    let sparse: Vec<DayLoad> = loads.iter().filter(|(d, _)| d.ordinal() % 3 != 0).copied().collect();
    check(&sparse, "2026-06-30", 3650.0, false);
    // Last year the second half was twice the first.
    let mut two = even("2025-01-01", "2025-06-30", "10");
    two.extend(even("2025-07-01", "2025-12-31", "20"));
    two.extend(even("2026-01-01", "2026-06-30", "10"));
    check(&two, "2026-06-30", 181.0 * 10.0 + 184.0 * 20.0, true);
    assert_eq!(year_end(dec("1"), &loads, day("2026-01-20"), 0.8), None, "too early to tell");
    assert_eq!(year_end(dec("1"), &loads, day("2026-06-30"), 1.0), None);
}

/// Made-up plants with a season, drifting weeks and noisy days: the interval of 80 % is to hold in about 80 % of years, never far
/// less, and probabilities of keeping the allowance are to come true about as often as they say.
#[test]
fn the_interval_holds_about_as_often_as_it_says() {
    let gauss =
        |random: &mut ChaCha8Rng| -> f64 { (0..12).map(|_| random.random::<f64>()).sum::<f64>() - 6.0 };
    for years in [1, 2] {
        let (mut inside, mut all, mut kept, mut said) = (0, 0, 0, 0.0);
        for seed in 1000..1150 {
            let random = &mut ChaCha8Rng::seed_from_u64(seed);
            let (season, phase, growth) =
                (0.25 * random.random::<f64>(), random.random_range(0.0..365.0), 0.08 * gauss(random));
            let mut drift = 0.0;
            let first = day(if years == 1 { "2026-01-01" } else { "2025-01-01" });
            let loads: Vec<DayLoad> = first
                .iter_days()
                .take_while(|d| *d <= day("2026-12-31"))
                .map(|d| {
                    drift = 0.95 * drift + 0.04 * gauss(random);
                    let wave =
                        season * (std::f64::consts::TAU * (f64::from(d.ordinal()) - phase) / 365.0).sin();
                    let trend = if d.year() == 2026 { growth } else { 0.0 };
                    let kg = 100.0 * (wave + drift + trend + 0.15 * gauss(random)).exp();
                    (d, decimal::round_half_even(decimal::from_f64(kg).unwrap(), 3))
                })
                .collect();
            let total: Decimal = loads.iter().filter(|(d, _)| d.year() == 2026).map(|(_, kg)| *kg).sum();
            let truth = decimal::to_f64(total);
            for on in ["2026-03-31", "2026-06-30", "2026-09-30"] {
                let allowance = dec("37500");
                let end = year_end(allowance, &loads, day(on), 0.8).unwrap();
                assert_eq!(end.is_seasonal, years == 2);
                inside += u32::from(end.low <= truth && truth <= end.high);
                kept += u32::from(truth <= 37500.0);
                said += end.keeps;
                all += 1;
            }
        }
        let share = f64::from(inside) / f64::from(all);
        println!(
            "{years} years known: {inside} of {all} years within the 80 % interval; kept {kept}, said {said:.0}"
        );
        assert!((0.72..0.97).contains(&share), "{share}");
        assert!((f64::from(kept) - said).abs() < 0.12 * f64::from(all), "kept {kept}, said {said}");
    }
}
