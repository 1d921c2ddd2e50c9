//! `lanbi assess rank` by a rule that adds places and pays by the place that comes out (津政办发〔2018〕3号).

use std::io::{Read, Write};

use lanbi_analytics::water::rank_by_sum;
use lanbi_model::Decimal;
use lanbi_model::water_rule::RankSum;

use super::cell;
use super::error::AssessError;
use super::output::{Field, Output};
use super::rank::RankArgs;
use super::table::{Column, Table};

const OUT: [&str; 12] = [
    "district",
    "rule",
    "place",
    "sum",
    "index",
    "change",
    "ratio",
    "place_index",
    "place_change",
    "place_ratio",
    "money",
    "status",
];

/// Columns that may stand after the district, in the order of the result.
const FIGURES: [&str; 3] = ["index", "change", "ratio"];

struct District {
    name: String,
    /// In the order of [`FIGURES`].
    figures: [Option<Decimal>; 3],
    invalid: Vec<&'static str>,
}

/// One row a district, in the order of the input.
pub(super) fn run(
    args: &RankArgs,
    rule: &RankSum,
    input: impl Read,
    output: impl Write,
    messages: &mut dyn Write,
) -> Result<(), AssessError> {
    let needed = |name: &str| rule.figures.iter().any(|figure| figure == name);
    let mut columns = vec![Column::required("district")];
    columns.extend(
        FIGURES.map(|name| if needed(name) { Column::required(name) } else { Column::optional(name) }),
    );
    let mut table = Table::open(input, &columns, args.ignore_extra)?;
    let mut districts: Vec<District> = Vec::new();
    while let Some(row) = table.next_row()? {
        let name = row.text(0);
        if districts.iter().any(|other| other.name == name) {
            let line = row.line();
            return Err(AssessError::Failed(format!(
                "line {line}: district `{name}` stands twice; keep one row a district"
            )));
        }
        let mut district = District { name: name.to_owned(), figures: [None; 3], invalid: Vec::new() };
        for ((column, figure), name) in (1..).zip(&mut district.figures).zip(FIGURES) {
            let text = row.text(column);
            *figure = cell::number(text);
            if figure.is_none() && !text.is_empty() {
                district.invalid.push(name);
                row.complain(messages, name, text, "is not a number; counted as missing")?;
            }
        }
        districts.push(district);
    }
    let places: Vec<Option<usize>> =
        FIGURES.map(|name| rule.figures.iter().position(|figure| figure == name)).to_vec();
    let figure = |district: &District, place: usize| {
        let column = places.iter().position(|of_rule| *of_rule == Some(place))?;
        district.figures.get(column).copied().flatten()
    };
    let ranked = rank_by_sum(rule, &districts, figure);
    let mut out = Output::new(args.output, &OUT, output)?;
    for (district, made) in districts.iter().zip(&ranked) {
        let made = made.as_ref();
        let shared = made
            .is_some_and(|made| ranked.iter().flatten().filter(|other| other.sum == made.sum).count() > 1);
        let status = status(rule, district, shared);
        let as_given = |value: Option<Decimal>| Field::Number(value, value.map_or(0, |value| value.scale()));
        let mut row = vec![
            Field::Text(&district.name),
            Field::Text(&rule.edition.id),
            Field::Integer(made.map(|made| made.place)),
            Field::Integer(made.map(|made| made.sum)),
        ];
        row.extend(district.figures.map(as_given));
        row.extend(places.iter().map(|place| {
            Field::Integer(made.zip(*place).and_then(|(made, place)| made.places.get(place).copied()))
        }));
        row.extend([as_given(made.and_then(|made| made.money)), Field::Text(&status)]);
        out.row(&row)?;
    }
    out.finish()
}

fn status(rule: &RankSum, district: &District, shared: bool) -> String {
    let lacking = FIGURES
        .iter()
        .zip(&district.figures)
        .filter(|(name, value)| value.is_none() && rule.figures.iter().any(|figure| figure == *name));
    let lacking: Vec<&str> = lacking.map(|(name, _)| *name).collect();
    let mut words =
        vec![if lacking.is_empty() { "ok".to_owned() } else { format!("missing:{}", lacking.join("+")) }];
    words.extend(district.invalid.iter().map(|name| format!("invalid:{name}")));
    if shared && rule.unverified.contains("ties") {
        words.push("unverified:ties".to_owned());
    }
    words.join(";")
}
