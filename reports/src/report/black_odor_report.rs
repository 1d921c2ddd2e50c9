//! 黑臭水体监测与治理报告: where each listed water stands, what was measured, what people said, and which clean points slip.

use chrono::NaiveDate;
use lanbi_analytics::black_odor::{
    Completion, DatedEvent, DaysLeft, IndicatorWatch, Lack, PointWatch, RosterState, WatchSettings,
    WatchVerdict,
};
use lanbi_model::{
    Decimal, Parameter,
    standard::{Elimination, OdorJudging},
};
use serde::Serialize;

use super::ditches::{self, DitchFacts, DitchRow};
use super::figure::Figure;
use super::head::{Head, HeadFacts, Paragraph};
use super::{black_odor_words, words};

/// What the report is built from.
#[derive(Clone, Debug)]
pub struct BlackOdorReportFacts {
    /// Head; the period is a month or a quarter.
    pub head: HeadFacts,
    /// Waters of the roster, and monitored ones that are not on it.
    pub bodies: Vec<OdorBodyFacts>,
    /// How many are done; none where no roster is kept here.
    pub completion: Option<Completion>,
    /// Share that is to be done, in percent.
    pub target: Option<Decimal>,
    /// Numbers of the guide; none where none is in force.
    pub guide: Option<GuideNumbers>,
    /// Numbers of the watch list.
    pub watch: WatchSettings,
    /// The day at whose end all is seen.
    pub on: NaiveDate,
}

/// The numbers of the guide that the notes tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GuideNumbers {
    /// How many samples and points make a grade.
    pub judging: OdorJudging,
    /// When a water has improved, and is lastingly clear.
    pub elimination: Elimination,
    /// Water shallower than this (cm) is judged by a share of its depth.
    pub shallow_below: Decimal,
    /// That share.
    pub shallow_share: Decimal,
}

/// One water.
#[derive(Clone, Debug)]
pub struct OdorBodyFacts {
    /// Name.
    pub name: String,
    /// Where it stands; none where the roster does not name it.
    pub standing: Option<StandingFacts>,
    /// The last survey; none where nobody was asked.
    pub survey: Option<SurveyFacts>,
    /// What its stations measured; none without a station.
    pub ditch: Option<DitchFacts>,
    /// How its points move.
    pub watch: Vec<PointWatchFacts>,
}

/// Where a listed water stands.
#[derive(Clone, Debug)]
pub struct StandingFacts {
    /// State.
    pub state: RosterState,
    /// Since when; none for a water that is not listed.
    pub since: Option<NaiveDate>,
    /// Events the state rests on.
    pub grounds: Vec<DatedEvent>,
    /// Their documents.
    pub documents: Vec<String>,
    /// What the next better state lacks.
    pub lacking: Vec<Lack>,
    /// Whether its own stations saw it come back, and no event of the list says so.
    pub by_station: bool,
}

/// A survey of satisfaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SurveyFacts {
    /// Day.
    pub day: NaiveDate,
    /// Valid questionnaires.
    pub valid: u32,
    /// Of these, satisfied.
    pub satisfied: u32,
    /// Whether it is enough.
    pub passes: bool,
}

/// How a point moves.
#[derive(Clone, Debug)]
pub struct PointWatchFacts {
    /// Name of the point.
    pub point: String,
    /// Verdict and indicators.
    pub watch: PointWatch,
}

/// The report as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BlackOdorReport {
    /// Head.
    pub head: Head,
    /// Summary.
    pub summary: Vec<Paragraph>,
    /// Waters of the roster, those that came back first; empty where none is kept.
    pub roster: Vec<RosterRow>,
    /// Done in percent of listed; a dash without a roster.
    pub completion: Figure,
    /// What was measured.
    pub ditches: Vec<DitchRow>,
    /// Points that slip.
    pub watch: Vec<WatchRow>,
    /// How many points were looked at: steady, light already, too few samples.
    pub watched: [usize; 3],
    /// Notes at the foot.
    pub notes: Vec<String>,
}

/// A water of the roster as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RosterRow {
    /// Name.
    pub name: String,
    /// State in words.
    pub state: &'static str,
    /// Whether it came back.
    pub relapsed: bool,
    /// Whether it counts as done.
    pub done: bool,
    /// Since when, or a dash.
    pub since: String,
    /// What the state rests on.
    pub grounds: String,
    /// What the next better state lacks, or a dash.
    pub lacking: String,
    /// `94.2%（113/120份）`, or 未调查.
    pub survey: String,
    /// Whether the survey is not enough.
    pub survey_fails: bool,
    /// Grade by the stations in the period, or a dash without any.
    pub measured: &'static str,
    /// Whether that is black-odorous.
    pub black: bool,
}

/// An indicator of a point that slips.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WatchRow {
    /// Water.
    pub body: String,
    /// Point.
    pub point: String,
    /// Indicator.
    pub name: &'static str,
    /// Level of the weeks before.
    pub base: Figure,
    /// Level of the last two weeks.
    pub recent: Figure,
    /// Share of the distance to the pass line that was lost, in percent.
    pub lost: Figure,
    /// `约35天`, or a dash where it does not fall.
    pub days: String,
    /// `20～80天`, `20天以上（也可能不再下降）`, or empty.
    pub interval: String,
}

/// Builds the report.
#[must_use]
pub fn build(facts: &BlackOdorReportFacts) -> BlackOdorReport {
    let mut listed: Vec<(&OdorBodyFacts, &StandingFacts)> =
        facts.bodies.iter().filter_map(|body| Some((body, body.standing.as_ref()?))).collect();
    listed.sort_by_key(|(_, standing)| urgency(standing.state));
    let measured: Vec<DitchFacts> = {
        let rank = |body: &&OdorBodyFacts| body.standing.as_ref().map_or(u8::MAX, |s| urgency(s.state));
        let mut bodies: Vec<&OdorBodyFacts> = facts.bodies.iter().collect();
        bodies.sort_by_key(rank);
        bodies.into_iter().filter_map(|body| body.ditch.clone()).collect()
    };
    let points = || facts.bodies.iter().flat_map(|body| body.watch.iter().map(move |point| (body, point)));
    let watch: Vec<WatchRow> = points()
        .filter(|(_, point)| point.watch.verdict == WatchVerdict::Slipping)
        .flat_map(|(body, point)| point.watch.indicators.iter().map(move |i| watch_row(body, point, i)))
        .filter(|row| row.days != "—")
        .collect();
    let count = |verdict| points().filter(|(_, point)| point.watch.verdict == verdict).count();
    let completion = facts.completion.map_or_else(Figure::dash, |completion| {
        Figure::percent(completion.done.into(), completion.listed.into())
    });
    let mut summary = vec![
        Paragraph {
            lead: "治理进展", text: black_odor_words::roster_sentence(facts, &listed, &completion)
        },
        Paragraph { lead: "监测定级", text: ditches::paragraph(&measured) },
    ];
    if !watch.is_empty() || points().next().is_some() {
        summary
            .push(Paragraph {
                lead: "返黑返臭预警", text: black_odor_words::watch_sentence(facts, &watch)
            });
    }
    BlackOdorReport {
        head: Head::build("黑臭水体治理与监测报告", &facts.head),
        summary,
        roster: listed.iter().map(|(body, standing)| roster_row(body, standing)).collect(),
        completion,
        ditches: ditches::build(&measured),
        watched: [WatchVerdict::Steady, WatchVerdict::Light, WatchVerdict::Few].map(count),
        watch,
        notes: black_odor_words::notes(facts, &measured),
    }
}

/// What came back first, then what is still to be done.
const fn urgency(state: RosterState) -> u8 {
    match state {
        RosterState::Relapsed => 0,
        RosterState::Listed => 1,
        RosterState::InTreatment => 2,
        RosterState::Improved => 3,
        RosterState::LastingClear => 4,
        RosterState::Unlisted => 5,
    }
}

fn roster_row(body: &OdorBodyFacts, standing: &StandingFacts) -> RosterRow {
    let mut grounds: Vec<String> = standing.grounds.iter().map(black_odor_words::ground).collect();
    if standing.by_station {
        grounds.push("在线监测识别，待第三方复核".to_owned());
    }
    grounds.extend(standing.documents.iter().map(|document| format!("《{document}》")));
    let lacking: Vec<String> = standing.lacking.iter().map(|lack| lack.zh().to_owned()).collect();
    let dash = |text: String| if text.is_empty() { "—".to_owned() } else { text };
    let ditch = body.ditch.as_ref().map(ditches::row);
    RosterRow {
        name: body.name.clone(),
        state: standing.state.zh(),
        relapsed: standing.state == RosterState::Relapsed,
        done: standing.state.is_done(),
        since: dash(standing.since.map(|day| day.to_string()).unwrap_or_default()),
        grounds: dash(grounds.join("；")),
        lacking: dash(words::list(&lacking)),
        survey: body.survey.map_or_else(
            || "未调查".to_owned(),
            |SurveyFacts { valid, satisfied, .. }| {
                let share = Figure::percent(satisfied.into(), valid.into());
                format!("{}（{satisfied}/{valid}份）", share.with_unit())
            },
        ),
        survey_fails: body.survey.is_some_and(|survey| !survey.passes),
        measured: ditch.as_ref().map_or("—", |row| row.grade),
        black: ditch.is_some_and(|row| row.black),
    }
}

fn watch_row(body: &OdorBodyFacts, point: &PointWatchFacts, indicator: &IndicatorWatch) -> WatchRow {
    let parameter: Parameter = indicator.parameter;
    let places = usize::try_from(parameter.decimals()).unwrap_or(0).min(1);
    let level = |value: f64| Figure {
        value: Some(format!("{value:.places$}")),
        unit: parameter.unit().symbol(),
        sign: "",
    };
    let days = |value: f64| format!("{value:.0}");
    let interval = |left: DaysLeft| match (left.earliest, left.latest) {
        (Some(low), Some(high)) => format!("{}～{}天", days(low), days(high)),
        (Some(low), None) => format!("{}天以上（也可能不再下降）", days(low)),
        (None, _) => "样本少，无区间".to_owned(),
    };
    WatchRow {
        body: body.name.clone(),
        point: point.point.clone(),
        name: parameter.zh(),
        base: level(indicator.base),
        recent: level(indicator.recent),
        lost: Figure { value: Some(format!("{:.0}", 100.0 * indicator.loss.share)), unit: "%", sign: "" },
        days: indicator.left.map_or_else(|| "—".to_owned(), |left| format!("约{}天", days(left.expected))),
        interval: indicator.left.map(interval).unwrap_or_default(),
    }
}
