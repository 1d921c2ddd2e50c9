//! `lanbi assess chief-score`: scores and places of districts by the rule of 河长制考核, and the scores of their reaches.

use std::io::{Read, Write};

use lanbi_analytics::river_chief::{
    DistrictParts, DistrictScore, Part, PartName, ReachOutcome, mean_of_reaches, places, score_district,
};
use lanbi_model::chief_rule::ChiefScore;
use lanbi_model::standard::{Editioned, Standards, WaterStandard, by_id};
use lanbi_model::{Decimal, decimal};

use super::super::error::AssessError;
use super::super::output::{Field, Output, OutputFormat};
use super::super::waters::words;
use super::parts::{self, Given};
use super::rows::{self, ITEMS, Reach};

/// What `--help` says about columns and words.
pub(in crate::assess) const HELP: &str = "\
In, one row a reach: district,reach and any of
  body       river (unless given) or lake
  length_km  its length
  target     target class, 1 to 5; a reach without one has no score
  codmn,nh3n,tp,do              its means (mg/L)
  codmn_in,nh3n_in,tp_in,do_in  means of what flows in, for a reach that crosses a district: ratios are then out over in, and the
                                class of an item is that of the mean of both; otherwise ratios are to the limits of the target
  state      suspended, dry or frozen: not assessed, neither good nor bad; such a row has no values
--parts FILE, one row a district: district,surface,other,hygiene,shoreline,patrol,social. other are points of 40 (look, outfalls,
treatment plants), patrol are points off, the rest are out of 100; `suspended` for what was not assessed.

A reach has (mean factor of its items) x (60 - points off); a district the plain mean of its reaches. water = reaches + other,
ecology = 0.70 water + 0.15 hygiene + 0.15 shoreline - patrol, score = 0.45 surface + 0.45 ecology + 0.10 social. What is suspended
is left out and the weights of the rest are scaled up; what is missing leaves no score and no place. Places go by printed scores,
equal ones share a place (1, 1, 3).

Out: one row a district, or with --rows reach one row a reach, in the order of the input. left_out names suspended parts and
reaches, as other+REACH/frozen. ratio_, off_ are the ratio and the points off of an item; score is points out of 100, grade goes by
it. Words in status: ok, missing:PART or missing:ITEM (no score), missing:target, missing:REACH, invalid:COLUMN, censored:COLUMN,
unverified:TOPIC (mean factor, scaled weights, ties and the scores of the grades are not confirmed by any text).";

/// Options of `assess chief-score`.
#[derive(Debug, clap::Args)]
pub(in crate::assess) struct ChiefScoreArgs {
    /// CSV to read; - is standard input.
    #[arg(long, value_name = "FILE")]
    pub(in crate::assess) input: String,
    /// CSV district,surface,other,hygiene,shoreline,patrol,social.
    #[arg(long, value_name = "FILE")]
    parts: Option<String>,
    /// What a row of the result is.
    #[arg(long, value_enum, default_value_t = Rows::District)]
    rows: Rows,
    /// Rule to score by, as `lanbi standards list` names it; the newest unless given.
    #[arg(long, value_name = "RULE")]
    rule: Option<String>,
    /// Edition of GB 3838 that limits and classes are taken from; the newest unless given.
    #[arg(long, value_name = "ID")]
    edition: Option<String>,
    /// Form of the result.
    #[arg(long, value_enum, default_value_t = OutputFormat::Csv)]
    output: OutputFormat,
    /// Let unknown columns pass.
    #[arg(long)]
    ignore_extra: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Rows {
    District,
    Reach,
}

const DISTRICT_OUT: [&str; 21] = [
    "district",
    "rule",
    "place",
    "score",
    "surface",
    "ecology",
    "social",
    "water",
    "hygiene",
    "shoreline",
    "patrol",
    "reaches",
    "other",
    "reaches_all",
    "reaches_scored",
    "reaches_suspended",
    "length_km",
    "suspended_km",
    "left_out",
    "edition",
    "status",
];

const REACH_OUT: [&str; 20] = [
    "district",
    "reach",
    "rule",
    "score",
    "grade",
    "length_km",
    "target",
    "class",
    "factor",
    "points",
    "ratio_codmn",
    "ratio_nh3n",
    "ratio_tp",
    "ratio_do",
    "off_codmn",
    "off_nh3n",
    "off_tp",
    "off_do",
    "edition",
    "status",
];

/// Decimals of parts, points and factors in the result; only the score itself has those of the rule.
const PART_DECIMALS: u32 = 2;
/// Decimals of a ratio.
const RATIO_DECIMALS: u32 = 4;

/// The edition of an id, or the newest.
pub(super) fn choose<'a, S: Editioned>(
    editions: &'a [S],
    id: Option<&str>,
    what: &str,
) -> Result<&'a S, AssessError> {
    let found = id.map_or_else(|| editions.last(), |id| by_id(editions, id));
    found.ok_or_else(|| {
        let known: Vec<&str> = editions.iter().map(|s| s.edition().id.as_str()).collect();
        AssessError::Usage(format!("unknown {what} `{}`; known are {}", id.unwrap_or(""), known.join(", ")))
    })
}

/// One row a district, or a reach.
pub(in crate::assess) fn run(
    args: &ChiefScoreArgs,
    law: &Standards,
    input: impl Read,
    output: impl Write,
    messages: &mut dyn Write,
) -> Result<(), AssessError> {
    let rule = choose(&law.chief_score, args.rule.as_deref(), "rule")?;
    let standard = choose(&law.water, args.edition.as_deref(), "edition")?;
    let reaches = rows::read(rule, standard, law, args.ignore_extra, input, messages)?;
    if args.rows == Rows::Reach {
        let mut out = Output::new(args.output, &REACH_OUT, output)?;
        for reach in &reaches {
            write_reach(rule, standard, reach, &mut out)?;
        }
        return out.finish();
    }
    let mut given = parts::read(rule, args.parts.as_deref(), messages)?;
    let mut districts: Vec<Given> = Vec::new();
    for reach in &reaches {
        if !districts.iter().any(|district| district.district == reach.district) {
            let place = given.iter().position(|given| given.district == reach.district);
            districts
                .push(place.map_or_else(|| Given::nothing(&reach.district), |place| given.remove(place)));
        }
    }
    // Those of whom there are parts and no reaches.
    districts.append(&mut given);
    let scored: Vec<District<'_>> =
        districts.iter().map(|given| District::of(rule, given, &reaches)).collect();
    let scores: Vec<Option<Decimal>> = scored.iter().map(|district| district.published).collect();
    let places = places(&scores);
    let mut out = Output::new(args.output, &DISTRICT_OUT, output)?;
    for (district, place) in scored.iter().zip(&places) {
        let is_shared = place.is_some() && places.iter().filter(|other| *other == place).count() > 1;
        district.write(rule, standard, *place, is_shared, &mut out)?;
    }
    out.finish()
}

/// One district with its score.
struct District<'a> {
    given: &'a Given,
    reaches: Vec<&'a Reach>,
    of_reaches: Part,
    score: DistrictScore,
    /// The score as it is printed.
    published: Option<Decimal>,
}

impl<'a> District<'a> {
    fn of(rule: &ChiefScore, given: &'a Given, reaches: &'a [Reach]) -> Self {
        let reaches: Vec<&Reach> = reaches.iter().filter(|reach| reach.district == given.district).collect();
        let outcomes: Vec<ReachOutcome> = reaches.iter().map(|reach| reach.outcome.clone()).collect();
        let of_reaches = mean_of_reaches(&outcomes);
        let parts = DistrictParts {
            surface: given.surface,
            reaches: of_reaches,
            other: given.other,
            hygiene: given.hygiene,
            shoreline: given.shoreline,
            patrol: given.patrol,
            social: given.social,
        };
        let score = score_district(rule, &parts);
        let published = score.total.score().map(|score| decimal::round_half_even(score, rule.decimals));
        Self { given, reaches, of_reaches, score, published }
    }

    fn write<W: Write>(
        &self,
        rule: &ChiefScore,
        standard: &WaterStandard,
        place: Option<u32>,
        is_shared: bool,
        out: &mut Output<W>,
    ) -> Result<(), AssessError> {
        let part = |part: Part| Field::Number(part.score(), PART_DECIMALS);
        let count = |is: &dyn Fn(&ReachOutcome) -> bool| {
            let count = self.reaches.iter().filter(|reach| is(&reach.outcome)).count();
            Field::Integer(u32::try_from(count).ok())
        };
        let is_suspended = |outcome: &ReachOutcome| matches!(outcome, ReachOutcome::Suspended(_));
        let left_out = self.left_out();
        let status = self.status(rule, is_shared, !left_out.is_empty());
        out.row(&[
            Field::Text(&self.given.district),
            Field::Text(&rule.edition.id),
            Field::Integer(place),
            Field::Number(self.published, rule.decimals),
            part(self.given.surface),
            part(self.score.ecology),
            part(self.given.social),
            part(self.score.water),
            part(self.given.hygiene),
            part(self.given.shoreline),
            part(self.given.patrol),
            part(self.of_reaches),
            part(self.given.other),
            count(&|_| true),
            count(&|outcome| outcome.score().is_some()),
            count(&is_suspended),
            as_given(length(self.reaches.iter().copied())),
            as_given(length(self.reaches.iter().copied().filter(|reach| is_suspended(&reach.outcome)))),
            Field::Text(&left_out),
            Field::Text(&standard.edition.id),
            Field::Text(&status),
        ])
    }

    /// Suspended parts, then suspended reaches with the reason.
    fn left_out(&self) -> String {
        let parts = self.score.suspended.iter().map(|part| part.key().to_owned());
        let reaches = self.reaches.iter().filter_map(|reach| match &reach.outcome {
            ReachOutcome::Suspended(why) => Some(format!("{}/{}", reach.name, why.key())),
            ReachOutcome::Scored(_) | ReachOutcome::Missing(_) => None,
        });
        parts.chain(reaches).collect::<Vec<_>>().join("+")
    }

    fn status(&self, rule: &ChiefScore, is_shared: bool, left_out: bool) -> String {
        let parts = self.score.missing.iter().filter(|part| {
            // Which reaches are missing is said by their names.
            **part != PartName::Reaches || self.reaches.is_empty()
        });
        let mut missing: Vec<&str> = parts.map(|part| part.key()).collect();
        let lacking = self.reaches.iter().filter(|reach| matches!(reach.outcome, ReachOutcome::Missing(_)));
        missing.extend(lacking.map(|reach| reach.name.as_str()));
        let mut words =
            vec![if missing.is_empty() { "ok".to_owned() } else { format!("missing:{}", missing.join("+")) }];
        words.extend(self.given.notes.iter().cloned());
        let is_scored = self.reaches.iter().any(|reach| reach.outcome.score().is_some());
        words.extend(words::unverified(
            &rule.unverified,
            &[("factors", is_scored), ("suspended", left_out), ("ties", is_shared)],
        ));
        words.join(";")
    }
}

/// The sum of the lengths; none where no reach has one.
fn length<'a>(reaches: impl Iterator<Item = &'a Reach>) -> Option<Decimal> {
    reaches.filter_map(|reach| reach.length).reduce(|sum, length| sum + length)
}

pub(super) fn as_given(value: Option<Decimal>) -> Field<'static> {
    Field::Number(value, value.map_or(0, |value| value.scale()))
}

fn write_reach<W: Write>(
    rule: &ChiefScore,
    standard: &WaterStandard,
    reach: &Reach,
    out: &mut Output<W>,
) -> Result<(), AssessError> {
    let scored = reach.outcome.score();
    let score = scored.map(|scored| decimal::round_half_even(scored.percent, rule.decimals));
    let grade = match &reach.outcome {
        ReachOutcome::Suspended(_) => Some(rule.paused.as_str()),
        ReachOutcome::Scored(_) | ReachOutcome::Missing(_) => score.and_then(|score| rule.grade(score)),
    };
    let of_item = |item| scored.and_then(|scored| scored.items.iter().find(|found| found.parameter == item));
    let class = scored.and_then(|scored| scored.items.iter().map(|item| item.class).max());
    let status = reach_status(rule, reach);
    let mut row = vec![
        Field::Text(&reach.district),
        Field::Text(&reach.name),
        Field::Text(&rule.edition.id),
        Field::Number(score, rule.decimals),
        Field::Text(grade.unwrap_or("")),
        as_given(reach.length),
        Field::Integer(reach.target.map(u32::from)),
        Field::Integer(class.map(u32::from)),
        Field::Number(scored.map(|scored| scored.factor), RATIO_DECIMALS),
        Field::Number(scored.map(|scored| scored.points), PART_DECIMALS),
    ];
    row.extend(ITEMS.map(|item| Field::Number(of_item(item).map(|item| item.ratio), RATIO_DECIMALS)));
    row.extend(ITEMS.map(|item| as_given(of_item(item).map(|item| item.deduction))));
    row.extend([Field::Text(&standard.edition.id), Field::Text(&status)]);
    out.row(&row)
}

fn reach_status(rule: &ChiefScore, reach: &Reach) -> String {
    let mut words = vec![match &reach.outcome {
        ReachOutcome::Scored(_) => "ok".to_owned(),
        ReachOutcome::Suspended(why) => why.key().to_owned(),
        ReachOutcome::Missing(_) if reach.target.is_none() => "missing:target".to_owned(),
        ReachOutcome::Missing(items) if items.is_empty() => "missing:body".to_owned(),
        ReachOutcome::Missing(items) => format!("missing:{}", words::items(items.iter().copied())),
    }];
    words.extend(reach.notes.iter().cloned());
    let is_scored = reach.outcome.score().is_some();
    words.extend(words::unverified(&rule.unverified, &[("factors", is_scored), ("grades", is_scored)]));
    words.join(";")
}
