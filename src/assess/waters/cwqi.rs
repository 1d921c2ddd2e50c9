//! `lanbi assess cwqi`: 城市水质指数 of places from their sections and lake points.

use std::io::{Read, Write};

use lanbi_analytics::water::{
    EvaluatedSection, FirstClassOxygen, IndexPart, WaterLaw, index_change, index_parts, place_index,
};
use lanbi_model::standard::{Standards, on_day};
use lanbi_model::water_rule::CityIndex;
use lanbi_model::{Decimal, Parameter, ReportPeriod, WaterBody, decimal};

use super::super::error::AssessError;
use super::super::output::{Field, Output};
use super::evaluate;
use super::groups::{self, Group};
use super::rows::{self, Section, SectionsArgs, input_help};
use super::sections::columns;
use super::words;

/// What `--help` says about columns and words.
pub(in crate::assess) const HELP: &str = concat!(
    input_help!(),
    "

Out, for each group (all sections without --groups) a row for its rivers, one for its lakes, and one for both (body all), weighted by
the numbers of sections and points. term_* is the mean of an item over sections over its class 3 limit, dissolved oxygen the other
way round, pH from 0 at 7 to 1 at 6 and at 9; means are not rounded. index is the sum of the terms, smaller is better; items are
the terms it has: indices of different items cannot be compared. change is that of the printed index in percent against --against,
less than 0 is better. Upstream inflow is not deducted.

Words in status: ok, partial (fewer items than the rule names), undefined:do (oxygen is 0; no index), missing (no term),
unverified:TOPIC as in assess sections."
);

/// Options of `assess cwqi`.
#[derive(Debug, clap::Args)]
pub(in crate::assess) struct CwqiArgs {
    /// CSV section,group: which sections and lake points make which place.
    #[arg(long, value_name = "FILE")]
    groups: Option<String>,
    #[command(flatten)]
    pub(in crate::assess) rows: SectionsArgs,
}

const OUT: [&str; 33] = [
    "group",
    "period",
    "edition",
    "body",
    "sections",
    "items",
    "term_ph",
    "term_do",
    "term_codmn",
    "term_cod",
    "term_bod5",
    "term_nh3n",
    "term_tp",
    "term_cu",
    "term_zn",
    "term_f",
    "term_se",
    "term_as",
    "term_hg",
    "term_cd",
    "term_cr6",
    "term_pb",
    "term_cn",
    "term_phenol",
    "term_oil",
    "term_las",
    "term_s",
    "index",
    "index_before",
    "change",
    "max_item",
    "rule",
    "status",
];

/// The items that have a column: all but temperature and total nitrogen.
fn terms() -> impl Iterator<Item = Parameter> {
    let out = [Parameter::WaterTemperature, Parameter::Tn];
    rows::ITEMS.into_iter().filter(move |item| !out.contains(item))
}

/// The bodies of a place.
struct Parts {
    parts: Vec<IndexPart>,
    /// Bodies of which a value lies below its detection limit.
    censored: Vec<WaterBody>,
}

/// Rows a group.
pub(in crate::assess) fn run(
    args: &CwqiArgs,
    law: &Standards,
    input: impl Read + Send,
    output: impl Write,
    messages: &mut dyn Write,
) -> Result<(), AssessError> {
    let table = &args.rows.table;
    let period = args.rows.period;
    let choose = |period: ReportPeriod| {
        let day = period.last();
        let rule = on_day(&law.city_index, day)
            .ok_or_else(|| AssessError::Usage(format!("no rule of the city index is known for {day}")))?;
        Ok::<_, AssessError>((
            evaluate::law(law, &table.edition, period, FirstClassOxygen::Concentration)?,
            rule,
        ))
    };
    let (now, rule) = choose(period)?;
    let before =
        args.rows.against.map(|period| Ok::<_, AssessError>((period, choose(period)?))).transpose()?;
    let periods: Vec<ReportPeriod> = [Some(period), args.rows.against].into_iter().flatten().collect();
    let sections = rows::read(args.rows.input(), law, &periods, (&columns(), None), input, messages)?;
    let groups = groups::of(args.groups.as_deref(), &sections, messages)?;
    let mut out = Output::new(table.output, &OUT, output)?;
    let name = period.to_string();
    for group in &groups {
        let parts = parts(&now, rule, period, group, &sections);
        let earlier =
            before.as_ref().map(|(period, (law, rule))| self::parts(law, rule, *period, group, &sections));
        let base = |body: WaterBody| {
            let part = earlier.as_ref()?.parts.iter().find(|part| part.body == body)?;
            printed(rule, part.index.sum)
        };
        let mut write = |part: Option<&IndexPart>, index: Option<Decimal>, base: Option<Decimal>| {
            write(&now, rule, [&group.name, &name], (part, &parts), (index, base), &mut out)
        };
        for part in &parts.parts {
            write(Some(part), printed(rule, part.index.sum), base(part.body))?;
        }
        let base = earlier.as_ref().and_then(|parts| printed(rule, place_index(&parts.parts)));
        write(None, printed(rule, place_index(&parts.parts)), base)?;
    }
    out.finish()
}

/// The rivers and the lakes of a group.
fn parts(
    law: &WaterLaw<'_>,
    rule: &CityIndex,
    period: ReportPeriod,
    group: &Group,
    sections: &[Section],
) -> Parts {
    let members: Vec<&Section> = group.sections.iter().filter_map(|place| sections.get(*place)).collect();
    let made: Vec<EvaluatedSection> = members.iter().map(|section| section.over(law, period, None)).collect();
    let censored = members
        .iter()
        .filter(|section| section.notes.iter().any(|note| note.starts_with("censored:")))
        .map(|section| section.body);
    let parts = index_parts(rule, law.standard, &made.iter().collect::<Vec<_>>());
    Parts { parts, censored: censored.collect() }
}

fn printed(rule: &CityIndex, index: Option<Decimal>) -> Option<Decimal> {
    index.map(|index| decimal::round_half_even(index, rule.decimals))
}

/// The row of a body, or of all of them where `part` is none.
fn write<W: Write>(
    law: &WaterLaw<'_>,
    rule: &CityIndex,
    [group, period]: [&str; 2],
    (part, parts): (Option<&IndexPart>, &Parts),
    (index, base): (Option<Decimal>, Option<Decimal>),
    out: &mut Output<W>,
) -> Result<(), AssessError> {
    let change = index.zip(base).and_then(|(now, base)| index_change(rule, now, base));
    let rows: &[IndexPart] = part.map_or(&parts.parts, std::slice::from_ref);
    let sections: u32 = rows.iter().map(|part| part.sections).sum();
    let term = |item: Parameter| part?.index.terms.iter().find(|(p, _)| *p == item).map(|(_, term)| *term);
    let items = part.map(|part| part.index.terms.len());
    let most = part.and_then(|part| part.index.terms.iter().map(|(_, term)| *term).max());
    let largest = part.map_or_else(String::new, |part| {
        let largest = part.index.terms.iter().filter(|(_, term)| Some(*term) == most);
        words::items(largest.map(|(item, _)| *item))
    });
    let is_censored = rows.iter().any(|part| parts.censored.contains(&part.body));
    let status = status(rule, rows, (part.is_none() && parts.parts.len() > 1, is_censored), index);
    let mut row = vec![
        Field::Text(group),
        Field::Text(period),
        Field::Text(&law.standard.edition.id),
        Field::Text(part.map_or("all", |part| part.body.key())),
        Field::Integer(Some(sections)),
        Field::Integer(items.and_then(|items| u32::try_from(items).ok())),
    ];
    row.extend(terms().map(|item| Field::Number(term(item), rule.decimals)));
    row.extend([
        Field::Number(index, rule.decimals),
        Field::Number(base, rule.decimals),
        Field::Number(change, rule.change_decimals),
        Field::Text(&largest),
        Field::Text(&rule.edition.id),
        Field::Text(&status),
    ]);
    out.row(&row)
}

fn status(
    rule: &CityIndex,
    rows: &[IndexPart],
    (is_weighted, is_censored): (bool, bool),
    index: Option<Decimal>,
) -> String {
    let undefined = rows.iter().flat_map(|part| part.index.undefined.iter().copied()).collect::<Vec<_>>();
    let is_partial = rows.iter().any(|part| part.index.terms.len() < rule.items.len());
    let mut words = vec![if !undefined.is_empty() {
        format!("undefined:{}", words::items(undefined))
    } else if index.is_none() {
        "missing".to_owned()
    } else if is_partial {
        "partial".to_owned()
    } else {
        "ok".to_owned()
    }];
    words.extend(words::unverified(
        &rule.unverified,
        &[("weights", is_weighted && index.is_some()), ("nondetect", is_censored)],
    ));
    words.join(";")
}
