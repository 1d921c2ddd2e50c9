//! The days of a district or a city from those of its sites: concentrations are averaged, never indices (HJ 663; every site of a
//! place counts the same, so a city is made of its sites and not of its districts).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use lanbi_model::Decimal;
use lanbi_model::evaluation::AirEvaluation;

use super::assess::Concentrations;
use super::period_statistics::AirDay;
use crate::aggregate::Combine;

/// The mean of the sites' daily values, item by item, in order of days; of ozone, of the sites' daily maxima. Not rounded.
///
/// An item of a day needs a value from the share of all `sites` that the day's edition asks for, those included that were silent. A day that
/// stands more than once for a site counts as often; give each once.
#[must_use]
pub fn mean_of_sites<'a>(
    evaluation: impl Fn(NaiveDate) -> Option<&'a AirEvaluation>,
    sites: &[&[AirDay]],
) -> Vec<AirDay> {
    let mut days: BTreeMap<NaiveDate, [Vec<Decimal>; 6]> = BTreeMap::new();
    for AirDay { day, values } in sites.iter().copied().flatten() {
        let items = days.entry(*day).or_default();
        for (item, value) in items.iter_mut().zip(values.0) {
            item.extend(value);
        }
    }
    let mean_of_day = |(day, items): (NaiveDate, [Vec<Decimal>; 6])| {
        let percent = evaluation(day).map_or(100, |evaluation| evaluation.sites_percent);
        let needed = sites.len() * usize::try_from(percent).unwrap_or(100);
        let mean = |values: Vec<Decimal>| {
            let enough = values.len() * 100 >= needed;
            enough.then(|| Combine::Mean.apply(&values)).flatten().map(|mean| mean.normalize())
        };
        AirDay { day, values: Concentrations(items.map(mean)) }
    };
    days.into_iter().map(mean_of_day).collect()
}

#[cfg(test)]
mod tests {
    use super::super::test_law::evaluation;
    use super::*;

    fn days(rows: &[(&str, Option<i64>)]) -> Vec<AirDay> {
        rows.iter()
            .map(|(day, value)| {
                let mut values = [None; 6];
                values[0] = value.map(Decimal::from);
                AirDay { day: day.parse().unwrap(), values: Concentrations(values) }
            })
            .collect()
    }

    #[test]
    fn three_quarters_of_the_sites_make_a_place() {
        let law = evaluation();
        let a = days(&[("2026-04-01", Some(10)), ("2026-04-02", Some(10)), ("2026-04-03", Some(10))]);
        let b = days(&[("2026-04-01", Some(20)), ("2026-04-02", Some(20)), ("2026-04-03", None)]);
        let c = days(&[("2026-04-01", Some(30)), ("2026-04-02", Some(31))]);
        let d = days(&[("2026-04-01", Some(41))]);
        let means = mean_of_sites(|_| Some(&law), &[&a, &b, &c, &d]);
        let got: Vec<String> = means
            .iter()
            .map(|day| format!("{} {:?}", day.day, day.values.0[0].map(|v| v.round_dp(4).to_string())))
            .collect();
        assert_eq!(
            got,
            [
                "2026-04-01 Some(\"25.25\")",
                "2026-04-02 Some(\"20.3333\")",
                // One of four.
                "2026-04-03 None",
            ]
        );
        assert!(mean_of_sites(|_| Some(&law), &[]).is_empty());
    }
}
