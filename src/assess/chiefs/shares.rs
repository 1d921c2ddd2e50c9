//! `lanbi assess reach-shares`: how many reaches of which length have which grade or class, with their share of the whole length.

use std::io::{Read, Write};

use lanbi_analytics::river_chief::shares_by_length;
use lanbi_analytics::water::Hindrance;
use lanbi_model::Decimal;
use lanbi_model::chief_rule::ChiefScore;
use lanbi_model::standard::Standards;

use super::super::cell::Cell;
use super::super::error::AssessError;
use super::super::output::{Field, Output, OutputFormat};
use super::super::table::{Column, Table};
use super::super::waters::words;
use super::rows::kilometres;
use super::score::{as_given, choose};

/// What `--help` says about columns and words.
pub(in crate::assess) const HELP: &str = "\
In, one row a reach: length_km, then grade (优秀, 良好, 合格, 不合格 or 暂停) or class (1 to 6, suspended, dry or frozen), and
optionally reach and district.

Out, for each district and, where there are several, for all: one row a grade or class, also where no reach has it, with its
reaches, length_km and share: percent of the length of all reaches, one decimal. Paused reaches stand in the whole; leave out what
is not assessed at all, such as trial reaches. Words in status: ok; left-out:N (N reaches of the district without a usable length or
grade, which are not in the whole); unverified:TOPIC.";

/// Options of `assess reach-shares`.
#[derive(Debug, clap::Args)]
pub(in crate::assess) struct ReachSharesArgs {
    /// CSV to read; - is standard input.
    #[arg(long, value_name = "FILE")]
    pub(in crate::assess) input: String,
    /// Rule whose grades are counted, as `lanbi standards list` names it; the newest unless given.
    #[arg(long, value_name = "RULE")]
    rule: Option<String>,
    /// Form of the result.
    #[arg(long, value_enum, default_value_t = OutputFormat::Csv)]
    output: OutputFormat,
    /// Let unknown columns pass.
    #[arg(long)]
    ignore_extra: bool,
}

const OUT: [&str; 7] = ["district", "rule", "grade", "reaches", "length_km", "share", "status"];

const COLUMNS: [Column; 5] = [
    Column::required("length_km"),
    Column::optional("grade"),
    Column::optional("class"),
    Column::optional("reach"),
    Column::optional("district"),
];
const LENGTH: usize = 0;
const GRADE: usize = 1;
const CLASS: usize = 2;
const REACH: usize = 3;
const DISTRICT: usize = 4;

/// Name of all reaches together.
const ALL: &str = "all";

/// Classes of GB 3838, with what keeps a reach from having one.
const CLASSES: [&str; 6] = ["1", "2", "3", "4", "5", "6"];

/// The reaches of a district.
#[derive(Default)]
struct District {
    name: String,
    reaches: Vec<(String, Decimal)>,
    left_out: u32,
}

/// One row a grade and district.
pub(in crate::assess) fn run(
    args: &ReachSharesArgs,
    law: &Standards,
    input: impl Read,
    output: impl Write,
    messages: &mut dyn Write,
) -> Result<(), AssessError> {
    let rule = choose(&law.chief_score, args.rule.as_deref(), "rule")?;
    let mut table = Table::open(input, &COLUMNS, args.ignore_extra)?;
    let (column, name) = match (table.has(GRADE), table.has(CLASS)) {
        (true, false) => (GRADE, "grade"),
        (false, true) => (CLASS, "class"),
        (is_both, _) => {
            let why = if is_both { "has both grade and class; keep one" } else { "lacks grade or class" };
            return Err(AssessError::Failed(format!("the header {why}")));
        }
    };
    let grades: Vec<String> = if column == GRADE {
        rule.words().map(str::to_owned).collect()
    } else {
        CLASSES.into_iter().chain(Hindrance::ALL.map(Hindrance::key)).map(str::to_owned).collect()
    };
    let (has_reach, has_district) = (table.has(REACH), table.has(DISTRICT));
    let mut districts: Vec<District> = Vec::new();
    let mut seen: std::collections::HashSet<(String, String)> = std::collections::HashSet::new();
    while let Some(row) = table.next_row()? {
        let of_row = if has_district { row.text(DISTRICT) } else { ALL };
        if has_reach && !seen.insert((of_row.to_owned(), row.text(REACH).to_owned())) {
            let (line, reach) = (row.line(), row.text(REACH));
            let why = format!("line {line}: reach `{reach}` stands twice; keep one row a reach");
            return Err(AssessError::Failed(why));
        }
        let place = match districts.iter().position(|district| district.name == of_row) {
            Some(place) => place,
            None => {
                districts.push(District { name: of_row.to_owned(), ..District::default() });
                districts.len() - 1
            }
        };
        let Some(district) = districts.get_mut(place) else { continue };
        let length = match kilometres(row.text(LENGTH)) {
            Cell::Value(length) => Some(length),
            Cell::Missing | Cell::Censored(_) | Cell::Invalid(_) => None,
        };
        let grade = grades.iter().find(|grade| grade.as_str() == row.text(column));
        match (length, grade) {
            (Some(length), Some(grade)) => district.reaches.push((grade.clone(), length)),
            (None, _) => {
                district.left_out += 1;
                let reason = "is no length in km; the reach is left out";
                row.complain(messages, "length_km", row.text(LENGTH), reason)?;
            }
            (_, None) => {
                district.left_out += 1;
                let reason = format!("is none of {}; the reach is left out", grades.join(" "));
                row.complain(messages, name, row.text(column), &reason)?;
            }
        }
    }
    if districts.len() > 1 {
        let all = District {
            name: ALL.to_owned(),
            reaches: districts.iter().flat_map(|district| district.reaches.clone()).collect(),
            left_out: districts.iter().map(|district| district.left_out).sum(),
        };
        districts.push(all);
    }
    let mut out = Output::new(args.output, &OUT, output)?;
    for district in &districts {
        write(rule, &grades, district, &mut out)?;
    }
    out.finish()
}

fn write<W: Write>(
    rule: &ChiefScore,
    grades: &[String],
    district: &District,
    out: &mut Output<W>,
) -> Result<(), AssessError> {
    let mut words = vec![match district.left_out {
        0 => "ok".to_owned(),
        some => format!("left-out:{some}"),
    }];
    words.extend(words::unverified(&rule.unverified, &[("shares", true)]));
    let status = words.join(";");
    for share in shares_by_length(grades, &district.reaches, rule.share_decimals) {
        out.row(&[
            Field::Text(&district.name),
            Field::Text(&rule.edition.id),
            Field::Text(&share.category),
            Field::Integer(Some(share.reaches)),
            as_given(Some(share.length)),
            Field::Number(share.percent, rule.share_decimals),
            Field::Text(&status),
        ])?;
    }
    Ok(())
}
