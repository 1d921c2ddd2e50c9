//! Where the days of a site do not cover a period: a site that starts or ends within it, and months without a value.

use lanbi_analytics::air::AirDay;
use lanbi_model::ReportPeriod;

/// Words such as `starts:2022-05-03`, `ends:2022-10-11` and `empty:2022-07+2022-08`; none where every month has values from the
/// first day to the last, or where there is no value at all.
pub(super) fn words(period: ReportPeriod, days: &[AirDay]) -> Vec<String> {
    let measured = days.iter().filter(|day| day.values.0.iter().any(Option::is_some)).map(|day| day.day);
    let measured: Vec<_> = measured.filter(|day| period.first() <= *day && *day <= period.last()).collect();
    let (Some(&first), Some(&last)) = (measured.iter().min(), measured.iter().max()) else {
        return Vec::new();
    };
    let mut words = Vec::new();
    if first > period.first() {
        words.push(format!("starts:{first}"));
    }
    if last < period.last() {
        words.push(format!("ends:{last}"));
    }
    let months = period.days().filter(|day| chrono::Datelike::day(day) == 1).map(ReportPeriod::Month);
    let empty: Vec<String> = months
        .filter(|month| first < month.first() && month.last() < last)
        .filter(|month| !measured.iter().any(|day| month.first() <= *day && *day <= month.last()))
        .map(|month| month.to_string())
        .collect();
    if !empty.is_empty() {
        words.push(format!("empty:{}", empty.join("+")));
    }
    words
}
