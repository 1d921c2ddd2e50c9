//! Waters on the black-odorous list: single samples make points, points make waters (城市黑臭水体整治工作指南 2015).
//!
//! The ditch stations of one water are its points. A sample is what a station read at one moment; means of days are never
//! graded, because a good night would hide a bad noon.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use lanbi_analytics::black_odor::{
    BodyGrade, Grade, OdorLevel, OdorPoint, PointGrade, grade, grade_body, grade_point,
};
use lanbi_model::{
    Decimal, Instant, Parameter, ReportPeriod, Sample, Station, StationKind, decimal,
    standard::{BlackOdorLimit, BlackOdorStandard},
};
use lanbi_reports::report::{
    Measured,
    ditches::{DitchFacts, DitchGrade, DitchItem, DitchPoint},
};
use lanbi_store::StoreError;

use super::{Sources, local_day};

/// A water with its points.
pub(super) struct Body<'a> {
    pub(super) name: &'a str,
    pub(super) stations: Vec<&'a Station>,
}

/// What a station read at a moment.
pub(super) struct Reading {
    pub(super) day: NaiveDate,
    pub(super) values: Vec<(Parameter, Decimal)>,
}

/// A water graded over some days.
pub(super) struct GradedBody<'a> {
    points: Vec<GradedPoint<'a>>,
    pub(super) grade: Option<BodyGrade>,
}

struct GradedPoint<'a> {
    station: &'a Station,
    readings: Vec<Reading>,
    grade: Option<PointGrade>,
}

impl Sources {
    /// The listed waters that the report covers, in the order of the station file.
    pub(super) fn bodies(&self) -> Vec<Body<'_>> {
        let mut bodies: Vec<Body<'_>> = Vec::new();
        for station in self.registry.ditches().filter(|s| self.covers(s)) {
            let name = if station.water.is_empty() { &station.name } else { &station.water };
            match bodies.iter_mut().find(|body| body.name == name) {
                Some(body) => body.stations.push(station),
                None => bodies.push(Body { name, stations: vec![station] }),
            }
        }
        bodies
    }

    /// All listed waters over a period, with the period before.
    pub(super) async fn ditches(&self, period: ReportPeriod) -> Result<Vec<DitchFacts>, StoreError> {
        let Some(guide) = self.black_odor(period.last()) else { return Ok(Vec::new()) };
        let mut ditches = Vec::new();
        for body in self.bodies() {
            let now = self.graded(&body, (period.first(), period.last())).await?;
            let before = period.before();
            let before = self.graded(&body, (before.first(), before.last())).await?;
            ditches.push(facts(guide, &body, &now, before.grade.as_ref()));
        }
        Ok(ditches)
    }

    /// The samples of a station over some days; values that do not count are left out.
    pub(super) async fn readings(
        &self,
        station: &Station,
        (first, last): (NaiveDate, NaiveDate),
    ) -> Result<Vec<Reading>, StoreError> {
        let values = self.values(station, first, last).await?;
        let mut moments: BTreeMap<Instant, Vec<&Sample>> = BTreeMap::new();
        for value in values.iter().filter(|v| v.key.period == station.period && v.flags.is_valid()) {
            moments.entry(value.key.instant).or_default().push(value);
        }
        let reading = |values: Vec<&Sample>| {
            let day = values.first().map(|value| local_day(station, value))?;
            Some(Reading { day, values: values.iter().map(|v| (v.key.parameter, v.value)).collect() })
        };
        Ok(moments.into_values().filter_map(reading).collect())
    }

    /// Grades a water by the samples of some days, each by the guide in force on its own.
    pub(super) async fn graded<'a>(
        &self,
        body: &Body<'a>,
        days: (NaiveDate, NaiveDate),
    ) -> Result<GradedBody<'a>, StoreError> {
        let guide = self.black_odor(days.1);
        let mut points = Vec::new();
        for &station in &body.stations {
            let readings = self.readings(station, days).await?;
            let graded = |reading: &Reading| {
                // A station does not say that the bottom was seen.
                grade(self.black_odor(reading.day)?, is_rural(station), &reading.values, false)
            };
            let grades: Vec<Grade> = readings.iter().filter_map(graded).collect();
            let grade = guide.and_then(|guide| grade_point(&guide.judging, &grades));
            points.push(GradedPoint { station, readings, grade });
        }
        let placed: Vec<OdorPoint> = points
            .iter()
            .map(|point| OdorPoint {
                name: point.station.name.clone(),
                // The station file has no distance along the water, so that no reach is named.
                chainage: None,
                level: point.grade.as_ref().map(|grade| grade.level),
            })
            .collect();
        let grade = guide.and_then(|guide| grade_body(&guide.judging, &placed));
        Ok(GradedBody { points, grade })
    }
}

/// Whether the rural limits hold.
pub(super) const fn is_rural(station: &Station) -> bool {
    matches!(station.kind, StationKind::Ditch { rural: true })
}

fn facts(
    guide: &BlackOdorStandard,
    body: &Body<'_>,
    now: &GradedBody<'_>,
    before: Option<&BodyGrade>,
) -> DitchFacts {
    let sampled = now.points.iter().flat_map(|point| &point.readings).map(|reading| reading.day).max();
    DitchFacts {
        name: body.name.to_owned(),
        area: body.stations.first().map(|station| station.area.clone()).unwrap_or_default(),
        rural: body.stations.iter().all(|station| is_rural(station)),
        grade: now.grade.as_ref().map(|grade| printed(grade.level)),
        before: before.map(|grade| printed(grade.level)),
        points: now.points.iter().map(|point| point_facts(guide, point)).collect(),
        sampled,
    }
}

fn point_facts(guide: &BlackOdorStandard, point: &GradedPoint<'_>) -> DitchPoint {
    let table = if is_rural(point.station) { &guide.rural } else { &guide.urban };
    let item = |limit: &BlackOdorLimit| {
        let values = point.readings.iter().flat_map(|reading| &reading.values);
        let mean = decimal::mean(values.filter(|(p, _)| *p == limit.parameter).map(|(_, value)| *value));
        let counts = point.grade.iter().flat_map(|grade| &grade.indicators);
        let count = counts.copied().find(|count| count.parameter == limit.parameter);
        DitchItem {
            measured: Measured::new(limit.parameter, mean),
            pass: limit.light,
            direction: limit.direction,
            excludes_pass: limit.edge_is_light,
            values: count.map_or(0, |count| count.values),
            light: count.map_or(0, |count| count.light),
            heavy: count.map_or(0, |count| count.heavy),
        }
    };
    DitchPoint {
        name: point.station.name.clone(),
        grade: point.grade.as_ref().map(|grade| printed(grade.level)),
        samples: point.grade.as_ref().map_or(0, |grade| grade.samples),
        items: table.iter().filter(|limit| point.station.measures(limit.parameter)).map(item).collect(),
    }
}

const fn printed(level: OdorLevel) -> DitchGrade {
    match level {
        OdorLevel::None => DitchGrade::Clear,
        OdorLevel::Light => DitchGrade::Light,
        OdorLevel::Heavy => DitchGrade::Heavy,
    }
}
