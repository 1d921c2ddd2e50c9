//! The air of a district or a city from that of its sites: concentrations are averaged, never indices (HJ 663; every site of a
//! place counts the same, so a city is made of its sites and not of its districts).

use std::collections::BTreeMap;

use lanbi_model::Decimal;

use super::assess::Concentrations;
use crate::aggregate::Combine;

/// The mean of the sites' values, item by item, in order of time; of daily ozone, the mean of the sites' maxima. Not rounded.
///
/// A time is a day or the end of an hour. An item needs a value from `percent(time)` of all `sites`, those included that were
/// silent. A time that stands more than once for a site counts as often; give each once.
#[must_use]
pub fn mean_of_sites<T: Ord + Copy>(
    percent: impl Fn(T) -> u32,
    sites: &[Vec<(T, Concentrations)>],
) -> Vec<(T, Concentrations)> {
    let mut times: BTreeMap<T, [Vec<Decimal>; 6]> = BTreeMap::new();
    for (time, values) in sites.iter().flatten() {
        let items = times.entry(*time).or_default();
        for (item, value) in items.iter_mut().zip(values.0) {
            item.extend(value);
        }
    }
    let mean_of = |(time, items): (T, [Vec<Decimal>; 6])| {
        let needed = sites.len() * usize::try_from(percent(time)).unwrap_or(100);
        let mean = |values: Vec<Decimal>| {
            let enough = values.len() * 100 >= needed;
            enough.then(|| Combine::Mean.apply(&values)).flatten().map(|mean| mean.normalize())
        };
        (time, Concentrations(items.map(mean)))
    };
    times.into_iter().map(mean_of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(rows: &[(&str, Option<i64>)]) -> Vec<(chrono::NaiveDate, Concentrations)> {
        rows.iter()
            .map(|(day, value)| {
                let mut values = [None; 6];
                values[0] = value.map(Decimal::from);
                (day.parse().unwrap(), Concentrations(values))
            })
            .collect()
    }

    #[test]
    fn three_quarters_of_the_sites_make_a_place() {
        let sites = [
            days(&[("2026-04-01", Some(10)), ("2026-04-02", Some(10)), ("2026-04-03", Some(10))]),
            days(&[("2026-04-01", Some(20)), ("2026-04-02", Some(20)), ("2026-04-03", None)]),
            days(&[("2026-04-01", Some(30)), ("2026-04-02", Some(31))]),
            days(&[("2026-04-01", Some(41))]),
        ];
        let means: Vec<String> = mean_of_sites(|_| 75, &sites)
            .iter()
            .map(|(day, values)| format!("{day} {:?}", values.0[0].map(|v| v.round_dp(4).to_string())))
            .collect();
        // On the 3rd one of four.
        let expected = ["2026-04-01 Some(\"25.25\")", "2026-04-02 Some(\"20.3333\")", "2026-04-03 None"];
        assert_eq!(means, expected);
        assert!(mean_of_sites(|_: u32| 75, &[]).is_empty());
    }
}
