//! Air: concentrations to indices, site by site and for the district. The district's figure is the index of the mean
//! concentrations, never a mean of indices (HJ 663-2013; air stations of the district weigh the same).

use chrono::{NaiveDate, TimeDelta};
use lanbi_analytics::air::{AirAssessment, AqiTime, Concentrations, assess, sensitive_groups};
use lanbi_model::{DailyMean, Decimal, Parameter, Sample, Station, decimal};
use lanbi_reports::report::{
    Measured, Reading,
    air::{AirDayFacts, AirHours, AirItem, AirSite},
};
use lanbi_store::StoreError;

use super::{Sources, hourly};

/// The share of its sites in percent that a district needs in reports: one of them is enough. HJ 663 asks for more, but that
/// number is only recalled (`sites_percent` of its editions).
pub(crate) const ANY_SITE: u32 = 0;

/// The six day values of a station.
pub(super) fn day_values(means: &[DailyMean], station: &Station, day: NaiveDate) -> Concentrations {
    let find = |parameter: Parameter| {
        super::valid_means(means, &station.id, day).find(|(p, _)| *p == parameter).map(|(_, value)| value)
    };
    Concentrations(Parameter::AQI_DAY.map(find))
}

/// The mean of several sites' values, pollutant by pollutant; none where no site has one.
pub(super) fn mean_of(sites: &[Concentrations]) -> Concentrations {
    let mut values = [None; 6];
    for (i, value) in values.iter_mut().enumerate() {
        *value = decimal::mean(sites.iter().filter_map(|site| site.0.get(i).copied().flatten()));
    }
    Concentrations(values)
}

/// Pollutants of the index that the site does not measure by design.
pub(super) fn not_equipped(station: &Station) -> Vec<Parameter> {
    Parameter::AQI.into_iter().filter(|p| !station.measures(*p)).collect()
}

impl Sources {
    pub(super) async fn air_day(&self, day: NaiveDate) -> Result<Option<AirDayFacts>, StoreError> {
        let stations: Vec<&Station> = self.registry.air().filter(|s| self.covers(s)).collect();
        let Some(standard) = self.aqi(day).filter(|_| !stations.is_empty()) else {
            return Ok(None);
        };
        let before = day.pred_opt().unwrap_or(day);
        let means = self.store.daily(None, before, day).await?;
        let of =
            |day| -> Vec<Concentrations> { stations.iter().map(|s| day_values(&means, s, day)).collect() };
        let today = of(day);
        let district = mean_of(&today);
        let assessed = assess(standard, AqiTime::Day, &district, &[]);
        let aqi_before =
            self.aqi(before).and_then(|s| assess(s, AqiTime::Day, &mean_of(&of(before)), &[]).aqi);

        let mut hours = Vec::new();
        let mut by_site = Vec::new();
        for station in &stations {
            let values = self.values(station, day, day).await?;
            by_site.push(hourly_values(station, &hourly(&self.standards, station, &values, day), day));
        }
        let hours_of = |name: &str, values: &[Concentrations]| AirHours {
            name: name.to_owned(),
            aqi: values.iter().map(|c| assess(standard, AqiTime::Hour, c, &[]).aqi).collect(),
            pm25: values.iter().map(|c| c.0[0]).collect(),
            o3: values.iter().map(|c| c.0[5]).collect(),
        };
        let district_hours: Vec<Concentrations> = (0..24)
            .map(|h| mean_of(&by_site.iter().filter_map(|site| site.get(h).copied()).collect::<Vec<_>>()))
            .collect();
        hours.push(hours_of("全区平均", &district_hours));
        for (station, values) in stations.iter().zip(&by_site) {
            hours.push(hours_of(&station.name, values));
        }
        Ok(Some(AirDayFacts {
            levels: standard.levels.clone(),
            sites: stations
                .iter()
                .zip(&today)
                .map(|(station, values)| {
                    let missing = not_equipped(station);
                    site(&station.name, &missing, values, &assess(standard, AqiTime::Day, values, &missing))
                })
                .collect(),
            district: site("全区平均", &[], &district, &assessed),
            sensitive: sensitive_groups(standard, &assessed.iaqi)
                .into_iter()
                .map(|group| (group.items, group.people.to_owned()))
                .collect(),
            advice_basis: standard.clauses.get("levels").cloned().unwrap_or_default(),
            aqi_before,
            hours,
        }))
    }
}

/// A row of the table: concentrations and indices, with `/` for what is not measured by design.
fn site(
    name: &str,
    not_equipped: &[Parameter],
    values: &Concentrations,
    assessed: &AirAssessment<'_>,
) -> AirSite {
    let items = Parameter::AQI_DAY.into_iter().zip(Parameter::AQI).zip(values.0).zip(assessed.iaqi).map(
        |(((printed, item), value), iaqi)| AirItem {
            measured: Measured::new(
                printed,
                if not_equipped.contains(&item) { Reading::NotEquipped } else { Reading::from(value) },
            ),
            iaqi,
        },
    );
    AirSite { name: name.to_owned(), items: items.collect(), aqi: assessed.aqi, primary: primary(assessed) }
}

/// Primary pollutants as a daily report names them.
pub(super) fn primary(assessed: &AirAssessment<'_>) -> Vec<Parameter> {
    let day_item = |p: &Parameter| if *p == Parameter::O3 { Parameter::O3EightHour } else { *p };
    assessed.primary.iter().map(day_item).collect()
}

/// The 24 hours of a day, hour ending 01:00 first, from its valid hourly values.
fn hourly_values(station: &Station, hours: &[Sample], day: NaiveDate) -> Vec<Concentrations> {
    let start = station.zone.start_of(day);
    (1..=24)
        .map(|hour| {
            let end = start + TimeDelta::hours(hour);
            let find = |parameter: Parameter| -> Option<Decimal> {
                hours.iter().find(|s| s.key.parameter == parameter && s.key.instant == end).map(|s| s.value)
            };
            Concentrations(Parameter::AQI.map(find))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_named_by_the_pollutants_above_100() {
        let law = lanbi_config::standards::builtin().unwrap();
        let check = |day: &str, values: [i64; 6], expected: &[(&[Parameter], &str)]| {
            let standard = lanbi_model::standard::on_day(&law.aqi, day.parse().unwrap()).unwrap();
            let values = Concentrations(values.map(|v| Some(Decimal::from(v))));
            let assessed = assess(standard, AqiTime::Day, &values, &[]);
            let groups = sensitive_groups(standard, &assessed.iaqi);
            let got: Vec<(&[Parameter], &str)> =
                groups.iter().map(|group| (&group.items[..], group.people)).collect();
            assert_eq!(got, expected, "{day}");
        };
        use Parameter::{Co, O3, Pm10, Pm25};
        let particles =
            "患有心血管系统疾病或呼吸系统疾病（如哮喘）的人、青少年儿童、户外活动频繁的人以及老年人";
        check("2026-03-01", [60, 120, 50, 40, 4, 160], &[]);
        check("2026-03-01", [61, 121, 50, 40, 4, 160], &[(&[Pm25, Pm10], particles)]);
        check(
            "2026-03-01",
            [61, 20, 50, 40, 5, 161],
            &[
                (&[Co], "患有心血管系统疾病的人"),
                (&[O3], "患有呼吸系统疾病（如哮喘）的人、青少年儿童、户外活动频繁的人以及老年人"),
                (&[Pm25], particles),
            ],
        );
        // HJ 633-2012 names nobody by pollutant.
        check("2026-02-28", [200, 121, 50, 40, 4, 160], &[]);
    }
}
