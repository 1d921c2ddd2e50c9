//! `lanbi assess rank`: districts by their figures, other districts' from a file.

use std::io::{Read, Write};

use lanbi_analytics::air::{percent_change, rank};
use lanbi_model::Decimal;
use lanbi_model::evaluation::{RankFigure, Ranking};
use lanbi_model::standard::{Editioned, Standards, by_id};

use super::cell;
use super::error::AssessError;
use super::output::{Field, Output, OutputFormat};
use super::rank_sum;
use super::table::{Column, Row, Table};

/// What `--help` says about columns and words.
pub(super) const HELP: &str = "\
In: district and what the rule needs of index, index_change, pm25, pm25_change, good_days_ratio (percent; changes in percent
against the same period a year before). In place of a change column its index_last or pm25_last may stand: the change is then
computed from the figures as given, one decimal. Give figures as they are published: equal ones share a place (1, 1, 3).
Only districts that are to be ranked; no row for the city.

Out, in the order of the rows: place by score; score, the sum of the places by the rule's weights; the figures; the place in
each figure of the rule; status: ok, missing:COLUMN (not ranked), invalid:COLUMN.

Rules, as `lanbi standards list` names them:
  composite     composite index, smallest first
  change        change of the composite index, largest fall first
  tianjin-2021  places in pm25, pm25_change and good_days_ratio by 30, 30 and 40 percent
  tianjin-2020  places in index and index_change by 50 and 50 percent (that places are weighted is unconfirmed)
  tianjin-water-2018
                the sum of the places in index, change and ratio (综合污染指数, its change, 出入境浓度比值), all of them smallest
                first. In: district,index,change,ratio. Out: district,rule,place,sum,index,change,ratio,place_index,place_change,
                place_ratio,money,status; money is 补偿金 in 10,000 yuan, less than 0 is to be paid. Of equal sums the better place
                in index is ahead, which no text confirms: unverified:ties";

/// Options of `assess rank`.
#[derive(Debug, clap::Args)]
pub(crate) struct RankArgs {
    /// CSV to read; - is standard input.
    #[arg(long, value_name = "FILE")]
    pub(crate) input: String,
    /// Rule to rank by: composite, change, tianjin-2021, tianjin-2020 or tianjin-water-2018.
    #[arg(long, value_name = "RULE", default_value = "composite")]
    pub(super) rule: String,
    /// Form of the result.
    #[arg(long, value_enum, default_value_t = OutputFormat::Csv)]
    pub(super) output: OutputFormat,
    /// Let unknown columns pass.
    #[arg(long)]
    pub(super) ignore_extra: bool,
}

const OUT: [&str; 15] = [
    "district",
    "rule",
    "place",
    "score",
    "index",
    "index_change",
    "pm25",
    "pm25_change",
    "good_days_ratio",
    "place_index",
    "place_index_change",
    "place_pm25",
    "place_pm25_change",
    "place_good_days_ratio",
    "status",
];

const COLUMNS: [Column; 8] = [
    Column::required("district"),
    Column::optional("index"),
    Column::optional("index_change"),
    Column::optional("index_last"),
    Column::optional("pm25"),
    Column::optional("pm25_change"),
    Column::optional("pm25_last"),
    Column::optional("good_days_ratio"),
];
const DISTRICT: usize = 0;
/// Where each figure stands in the order of [`RankFigure::ALL`].
const PLACES: [usize; 5] = [1, 2, 4, 5, 7];
/// A change, the figure it is the change of, and that figure a year before.
const CHANGES: [(RankFigure, RankFigure, usize, &str); 2] = [
    (RankFigure::IndexChange, RankFigure::Index, 3, "index_last"),
    (RankFigure::Pm25Change, RankFigure::Pm25, 6, "pm25_last"),
];

struct District {
    name: String,
    /// In the order of [`RankFigure::ALL`].
    figures: [Option<Decimal>; 5],
    invalid: Vec<&'static str>,
}

/// One row a district, in the order of the input.
pub(super) fn run(
    args: &RankArgs,
    law: &Standards,
    input: impl Read,
    output: impl Write,
    messages: &mut dyn Write,
) -> Result<(), AssessError> {
    if let Some(rule) = by_id(&law.rank_sum, &args.rule) {
        return rank_sum::run(args, rule, input, output, messages);
    }
    let rule = by_id(&law.ranking, &args.rule).ok_or_else(|| {
        let known = law.ranking.iter().map(|rule| rule.edition().id.as_str());
        let known: Vec<&str> =
            known.chain(law.rank_sum.iter().map(|rule| rule.edition().id.as_str())).collect();
        AssessError::Usage(format!("unknown rule `{}`; known are {}", args.rule, known.join(", ")))
    })?;
    let mut table = Table::open(input, &COLUMNS, args.ignore_extra)?;
    check_columns(&table, rule)?;
    let mut districts: Vec<District> = Vec::new();
    while let Some(row) = table.next_row()? {
        let district = read(row, messages)?;
        if districts.iter().any(|other| other.name == district.name) {
            let line = row.line();
            return Err(AssessError::Failed(format!(
                "line {line}: district `{}` stands twice; keep one row a district",
                district.name
            )));
        }
        districts.push(district);
    }
    let ranked = rank(rule, &districts, District::figure);
    let mut out = Output::new(args.output, &OUT, output)?;
    for (district, ranked) in districts.iter().zip(&ranked) {
        let status = status(rule, district);
        let mut row = vec![
            Field::Text(&district.name),
            Field::Text(&rule.edition.id),
            Field::Integer(ranked.as_ref().map(|r| r.place)),
            as_given(ranked.as_ref().map(|r| r.score)),
        ];
        row.extend(district.figures.map(as_given));
        for figure in RankFigure::ALL {
            let part = rule.parts.iter().position(|part| part.figure == figure);
            let place = ranked.as_ref().zip(part).and_then(|(r, i)| r.places.get(i).copied());
            row.push(Field::Integer(place));
        }
        row.push(Field::Text(&status));
        out.row(&row)?;
    }
    out.finish()
}

impl District {
    fn figure(&self, figure: RankFigure) -> Option<Decimal> {
        RankFigure::ALL.into_iter().zip(self.figures).find(|(f, _)| *f == figure).and_then(|(_, value)| value)
    }
}

fn as_given(value: Option<Decimal>) -> Field<'static> {
    Field::Number(value, value.map_or(0, |value| value.scale()))
}

/// Every figure of the rule has its column; a change has its own or the figure with that of a year before, not both.
fn check_columns<R: Read>(table: &Table<R>, rule: &Ranking) -> Result<(), AssessError> {
    for (change, _, last, last_name) in CHANGES {
        if table.has(column(change)) && table.has(last) {
            return Err(AssessError::Failed(format!(
                "both {} and {last_name} stand there; keep one",
                change.key()
            )));
        }
    }
    for part in &rule.parts {
        let figure = part.figure;
        let from_last = CHANGES.iter().find(|(change, ..)| *change == figure);
        let there = table.has(column(figure))
            || from_last.is_some_and(|(_, now, last, _)| table.has(column(*now)) && table.has(*last));
        if !there {
            let instead = from_last
                .map(|(_, now, _, last)| format!(" (or {} and {last})", now.key()))
                .unwrap_or_default();
            let rule = &rule.edition.id;
            return Err(AssessError::Failed(format!(
                "the header lacks the column {}{instead}, which the rule {rule} needs",
                figure.key()
            )));
        }
    }
    Ok(())
}

fn column(figure: RankFigure) -> usize {
    RankFigure::ALL.into_iter().zip(PLACES).find(|(f, _)| *f == figure).map_or(DISTRICT, |(_, place)| place)
}

fn read(row: Row<'_>, messages: &mut dyn Write) -> Result<District, AssessError> {
    let mut invalid = Vec::new();
    let mut value = |column: usize, name: &'static str, low: Decimal, high: Decimal| {
        let text = row.text(column);
        let number = cell::number(text).filter(|n| low <= *n && *n <= high);
        if number.is_none() && !text.is_empty() {
            invalid.push(name);
            let reason = format!("is not a number from {low} to {high}; counted as missing");
            row.complain(messages, name, text, &reason)?;
        }
        Ok::<_, AssessError>(number)
    };
    // No index or concentration of a period comes near a thousand, no change near a hundredfold.
    let (thousand, hundredfold) = (Decimal::from(1000), Decimal::from(10_000));
    let mut figures = [None; 5];
    for ((slot, figure), place) in figures.iter_mut().zip(RankFigure::ALL).zip(PLACES) {
        let (low, high) = match figure {
            RankFigure::Index | RankFigure::Pm25 => (Decimal::ZERO, thousand),
            RankFigure::IndexChange | RankFigure::Pm25Change => (-Decimal::ONE_HUNDRED, hundredfold),
            RankFigure::GoodDaysRatio => (Decimal::ZERO, Decimal::ONE_HUNDRED),
        };
        *slot = value(place, figure.key(), low, high)?;
    }
    let [index, index_change, pm25, pm25_change, _] = &mut figures;
    for ((now, change), (_, _, last, name)) in
        [(index, index_change), (pm25, pm25_change)].into_iter().zip(CHANGES)
    {
        let last = value(last, name, Decimal::ZERO, thousand)?;
        *change = change.or_else(|| percent_change((*now)?, last?));
    }
    Ok(District { name: row.text(DISTRICT).to_owned(), figures, invalid })
}

fn status(rule: &Ranking, district: &District) -> String {
    let missing: Vec<&str> = rule
        .parts
        .iter()
        .filter(|part| district.figure(part.figure).is_none())
        .map(|part| part.figure.key())
        .collect();
    let mut words =
        vec![if missing.is_empty() { "ok".to_owned() } else { format!("missing:{}", missing.join("+")) }];
    words.extend(district.invalid.iter().map(|name| format!("invalid:{name}")));
    words.join(";")
}
