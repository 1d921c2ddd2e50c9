//! Waters on the black-odorous list: the means of the period graded indicator by indicator.

use lanbi_analytics::black_odor::{OdorLevel, grade};
use lanbi_model::{
    DailyMean, Decimal, Parameter, ReportPeriod, Station, StationKind, standard::BlackOdorStandard,
};
use lanbi_reports::report::{
    Measured,
    ditches::{DitchFacts, DitchGrade, DitchItem},
};
use lanbi_store::StoreError;

use super::{Sources, section::mean_over};

impl Sources {
    /// All listed waters over a period, with the period before.
    pub(super) async fn ditches(&self, period: ReportPeriod) -> Result<Vec<DitchFacts>, StoreError> {
        let Some(guide) = self.black_odor(period.last()) else { return Ok(Vec::new()) };
        let mut ditches = Vec::new();
        for station in self.registry.ditches().filter(|s| self.covers(s)) {
            let mean = |means: &[DailyMean], p: ReportPeriod| mean_over(means, station, p.first(), p.last());
            let means = self.store.daily(Some(&station.id), period.first(), period.last()).await?;
            let before = period.before();
            let means_before = self.store.daily(Some(&station.id), before.first(), before.last()).await?;
            let sampled = means.iter().filter(|m| m.value.is_some()).map(|m| m.day).max();
            ditches.push(DitchFacts {
                sampled,
                ..ditch(guide, station, &mean(&means, period), &mean(&means_before, before))
            });
        }
        Ok(ditches)
    }
}

fn ditch(
    guide: &BlackOdorStandard,
    station: &Station,
    now: &[(Parameter, Decimal)],
    before: &[(Parameter, Decimal)],
) -> DitchFacts {
    let rural = matches!(station.kind, StationKind::Ditch { rural: true });
    let graded = grade(guide, rural, now, false);
    let of_item = |parameter: Parameter| {
        let graded = graded.as_ref()?;
        graded.indicators.iter().find(|(p, _)| *p == parameter).map(|(_, level)| printed(*level))
    };
    let table = if rural { &guide.rural } else { &guide.urban };
    DitchFacts {
        name: station.name.clone(),
        area: station.area.clone(),
        rural,
        grade: graded.as_ref().map(|g| printed(g.level)),
        before: grade(guide, rural, before, false).map(|g| printed(g.level)),
        items: table
            .iter()
            .filter(|limit| station.measures(limit.parameter))
            .map(|limit| DitchItem {
                measured: Measured::new(
                    limit.parameter,
                    now.iter().find(|(p, _)| *p == limit.parameter).map(|(_, value)| *value),
                ),
                pass: limit.light,
                direction: limit.direction,
                grade: of_item(limit.parameter),
            })
            .collect(),
        sampled: None,
    }
}

const fn printed(level: OdorLevel) -> DitchGrade {
    match level {
        OdorLevel::None => DitchGrade::Clear,
        OdorLevel::Light => DitchGrade::Light,
        OdorLevel::Heavy => DitchGrade::Heavy,
    }
}
