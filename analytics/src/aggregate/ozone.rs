//! The day's largest 8-hour running mean of ozone, in the unit of the hourly values.
//!
//! GB 3095-2026, 3.8 (the same in GB 3095-2012): windows of eight consecutive hours inside one natural day, named by
//! their last hour, so 17 windows ending 08:00 to 24:00. A window needs 6 valid hours (Table 4), a day 14 windows;
//! with fewer, the day still counts if the maximum found is already above the class 2 limit (HJ 663-2013, one source).
//! The limit is compared with the full value (GB/T 8170-2008, 4.3: 全数值比较法 where nothing else is said).

use lanbi_model::{Decimal, Validity, standard::AirValidity};

use super::combine::{Combine, Tally};

/// Hours of a window.
const WINDOW: usize = 8;

/// Windows of a full day: those ending 08:00 to 24:00.
pub(super) const WINDOWS: u32 = 17;

/// The largest window mean of a day, with the smallest and largest window and the number of valid windows.
///
/// `hours` holds the valid hourly means ending 01:00 to 24:00; `class2_limit` is the class 2 daily maximum 8-hour
/// limit of the day's edition, none where the exception is not wanted.
#[must_use]
pub fn ozone_day(
    hours: &[Option<Decimal>; 24],
    validity: &AirValidity,
    class2_limit: Option<Decimal>,
) -> (Tally, Validity) {
    let means: Vec<Decimal> =
        hours.windows(WINDOW).filter_map(|window| window_mean(window, validity)).collect();
    let count = u32::try_from(means.len()).unwrap_or(u32::MAX);
    let (min, max) = (means.iter().copied().min(), means.iter().copied().max());
    let over = max.zip(class2_limit).is_some_and(|(max, limit)| max > limit);
    let enough = count >= validity.day_windows || over;
    let tally = Tally { value: max, min, max, count };
    (tally, if enough { Validity::Valid } else { Validity::Insufficient })
}

fn window_mean(window: &[Option<Decimal>], validity: &AirValidity) -> Option<Decimal> {
    let values: Vec<Decimal> = window.iter().copied().flatten().collect();
    let count = u32::try_from(values.len()).ok()?;
    (count >= validity.window_hours).then(|| Combine::Mean.apply(&values)).flatten()
}

#[cfg(test)]
mod tests {
    use super::super::VALIDITY;
    use super::*;

    /// `hour` gives the value of the hour ending at 1 to 24.
    fn check(
        name: &str,
        hour: impl Fn(u32) -> Option<i64>,
        expected: Option<&str>,
        windows: u32,
        validity: Validity,
    ) {
        let mut hours = [None; 24];
        for (end, slot) in (1_u32..).zip(&mut hours) {
            *slot = hour(end).map(Decimal::from);
        }
        let (tally, verdict) = ozone_day(&hours, &VALIDITY, Some(Decimal::from(160)));
        assert_eq!(tally.value, expected.map(|e| e.parse().unwrap()), "{name}: value");
        assert_eq!((tally.count, verdict), (windows, validity), "{name}: windows");
    }

    #[test]
    fn the_day_maximum_follows_its_windows() {
        use Validity::{Insufficient, Valid};
        check("full day", |_| Some(100), Some("100"), 17, Valid);
        check("no hour", |_| None, None, 0, Insufficient);
        check("rising day: the last window", |h| Some(i64::from(h)), Some("20.5"), 17, Valid);
        // Only the window ending 08:00 holds hour 1: hours before the day take no part.
        check("first hour high", |h| Some(if h == 1 { 800 } else { 0 }), Some("100"), 17, Valid);
        check("six of eight hours", |h| (h % 4 != 0).then_some(40), Some("40"), 17, Valid);
        check("five of eight hours", |h| (h % 8 < 5).then_some(40), None, 0, Insufficient);
        // Hours 1 to 22 valid: windows ending 08 to 24, the last with six hours.
        check("two hours missing at the end", |h| (h <= 22).then_some(90), Some("90"), 17, Valid);
        // A window ending at e needs 6 hours up to the last valid hour v: e <= v + 2.
        check("14 windows", |h| (h <= 19).then_some(150), Some("150"), 14, Valid);
        check("13 windows under the limit", |h| (h <= 18).then_some(150), Some("150"), 13, Insufficient);
        check("13 windows at the limit", |h| (h <= 18).then_some(160), Some("160"), 13, Insufficient);
        check("13 windows over the limit", |h| (h <= 18).then_some(161), Some("161"), 13, Valid);
    }

    #[test]
    fn without_a_limit_there_is_no_exception() {
        let mut hours = [None; 24];
        for slot in &mut hours[..18] {
            *slot = Some(Decimal::from(300));
        }
        assert_eq!(ozone_day(&hours, &VALIDITY, None).1, Validity::Insufficient);
    }
}
