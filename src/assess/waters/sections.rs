//! `lanbi assess sections`: class, state, main pollutants and target of each section over a period (环办〔2011〕22号).

use std::io::{Read, Write};

use lanbi_analytics::water::{
    Coverage, EvaluatedSection, FirstClassOxygen, Hindrance, ItemMean, Standing, WaterLaw, change_of_steps,
    round_for_evaluation,
};
use lanbi_model::standard::Standards;
use lanbi_model::{Decimal, Parameter, ReportPeriod};
use rayon::prelude::*;

use super::super::error::AssessError;
use super::super::output::{Field, Output};
use super::evaluate;
use super::rows::{self, ITEMS, Section, SectionsArgs, input_help};
use super::{targets, words};

/// What `--help` says about columns and words.
pub(in crate::assess) const HELP: &str = concat!(
    input_help!(),
    "

Out, one row a section in the order of their first rows. mean_* are rounded as the evaluation rule says (half to even, what would
be 0 keeps one digit); the class is that of the rounded means, never a mean or the worst of classes. TN and temperature decide
nothing. class is 1-6 (6 = 劣Ⅴ); state is its word, or 暂停监测, 断流, 冰封 or 数据不足 where there is no class. exceeding are items
worse than the target (class 3 without one), worst class first, then by multiple; main are the three main pollutants against class
3, cyanide and heavy metals first. met is yes or no. change compares with the class of --against, from the same input. months and
days say what the means rest on: months with a value, days of the station and samplings.

Words in status:
  ok | suspended | dry | frozen | insufficient
  months<8              no class: a quarter needs 2 months with a value, a year 8
  year_months<12        months are missing that neither ice nor a dry bed explains; the class stays
  month_days<60%:ITEM   months in which the station had too few days and nobody sampled
  manual:ITEM           taken by hand in some month though a station measures it
  auto-only:ITEM        values of a station that were not used: the item is taken by hand
  frozen=N              days (with --rows month: months) without sampling, by their state
  invalid:X, censored:ITEM, duplicate:time  as in every command
  unverified:TOPIC      what the row rests on that no official text confirms; `lanbi standards show` names it"
);

/// Options of `assess sections`.
#[derive(Debug, clap::Args)]
pub(in crate::assess) struct SectionArgs {
    /// CSV section,target: the class 1-5 a section is to keep.
    #[arg(long, value_name = "FILE")]
    targets: Option<String>,
    /// Oxygen is of class 1 also from 90 % of its saturation at the mean temperature (sea level, fresh water).
    #[arg(long)]
    do_saturation: bool,
    #[command(flatten)]
    pub(in crate::assess) rows: SectionsArgs,
}

const OUT: [&str; 40] = [
    "section",
    "period",
    "edition",
    "body",
    "mean_temp",
    "mean_ph",
    "mean_do",
    "mean_codmn",
    "mean_cod",
    "mean_bod5",
    "mean_nh3n",
    "mean_tp",
    "mean_tn",
    "mean_cu",
    "mean_zn",
    "mean_f",
    "mean_se",
    "mean_as",
    "mean_hg",
    "mean_cd",
    "mean_cr6",
    "mean_pb",
    "mean_cn",
    "mean_phenol",
    "mean_oil",
    "mean_las",
    "mean_s",
    "class",
    "state",
    "worst",
    "exceeding",
    "main",
    "target",
    "met",
    "class_before",
    "change",
    "months",
    "days",
    "rule",
    "status",
];

/// One row a section.
pub(in crate::assess) fn run(
    args: &SectionArgs,
    law: &Standards,
    input: impl Read + Send,
    output: impl Write,
    messages: &mut dyn Write,
) -> Result<(), AssessError> {
    let table = &args.rows.table;
    let period = args.rows.period;
    let oxygen = oxygen(args.do_saturation);
    let now = evaluate::law(law, &table.edition, period, oxygen)?;
    let before =
        args.rows.against.map(|period| evaluate::law(law, &table.edition, period, oxygen)).transpose()?;
    let periods: Vec<ReportPeriod> = [Some(period), args.rows.against].into_iter().flatten().collect();
    let sections = rows::read(args.rows.input(), law, &periods, (&columns(), None), input, messages)?;
    let targets = targets::read(args.targets.as_deref(), &sections, messages)?;
    let mut out = Output::new(table.output, &OUT, output)?;
    let name = period.to_string();
    // Both periods of every section, on all cores: years of readings take longer to judge than to write down.
    let judged: Vec<(EvaluatedSection, Option<u8>)> = sections
        .par_iter()
        .map(|section| {
            let target = targets.get(&section.name).copied();
            let class_before = before
                .as_ref()
                .zip(args.rows.against)
                .and_then(|(law, period)| section.over(law, period, target).judged.standing.class());
            (section.over(&now, period, target), class_before)
        })
        .collect();
    for (section, (made, class_before)) in sections.iter().zip(&judged) {
        let target = targets.get(&section.name).copied();
        let judged = &made.judged;
        let class = judged.standing.class();
        let change = class.zip(*class_before).map(|(now_, b)| change_of_steps(&now.rule.change, now_, b));
        let mut row = vec![
            Field::Text(&section.name),
            Field::Text(&name),
            Field::Text(&now.standard.edition.id),
            Field::Text(section.body.key()),
        ];
        row.extend(ITEMS.iter().map(|item| mean(&now, &made.period.items, *item)));
        let (worst, exceeding) =
            (words::items(judged.worst.iter().copied()), words::exceedances(&judged.exceeding));
        let (main, status) =
            (words::exceedances(&judged.main), status(&now, section, made, change.is_some()));
        row.extend([
            Field::Integer(class.map(u32::from)),
            Field::Text(judged.standing.zh(now.standard)),
            Field::Text(&worst),
            Field::Text(&exceeding),
            Field::Text(&main),
            Field::Integer(target.map(u32::from)),
            Field::Text(match judged.met {
                Some(true) => "yes",
                Some(false) => "no",
                None => "",
            }),
            Field::Integer(class_before.map(u32::from)),
            Field::Text(change.map_or("", |change| change.zh())),
            Field::Integer(Some(made.period.months)),
            Field::Integer(Some(made.period.days)),
            Field::Text(&now.rule.edition.id),
            Field::Text(&status),
        ]);
        out.row(&row)?;
    }
    out.finish()
}

pub(super) const fn oxygen(do_saturation: bool) -> FirstClassOxygen {
    if do_saturation { FirstClassOxygen::OrSaturation } else { FirstClassOxygen::Concentration }
}

/// The columns of items.
pub(super) fn columns() -> [(&'static str, Parameter); ITEMS.len()] {
    ITEMS.map(|item| (item.key(), item))
}

/// A mean as the evaluation rule rounds it; very small ones keep a digit and with it more decimals.
fn mean(law: &WaterLaw<'_>, items: &[ItemMean], item: Parameter) -> Field<'static> {
    let value = items.iter().find(|mean| mean.parameter == item).and_then(|mean| mean.value);
    let decimals = law.standard.item(item).map_or(0, |item| item.decimals);
    let rounded = value.map(|value| round_for_evaluation(value, decimals));
    let scale = |value: Decimal| if value.is_zero() { 0 } else { value.normalize().scale() };
    Field::Number(rounded, rounded.map_or(decimals, |value| scale(value).max(decimals)))
}

fn status(law: &WaterLaw<'_>, section: &Section, made: &EvaluatedSection, changed: bool) -> String {
    let (period, judged) = (&made.period, &made.judged);
    let mut words = vec![match judged.standing {
        Standing::Graded(_) => "ok".to_owned(),
        Standing::Hindered(hindrance) => hindrance.key().to_owned(),
        Standing::Insufficient => "insufficient".to_owned(),
    }];
    match period.coverage {
        Coverage::Enough => {}
        Coverage::Short { needed } => words.push(format!("year_months<{needed}")),
        Coverage::TooFew { needed } => words.push(format!("months<{needed}")),
    }
    let listed = |wanted: &dyn Fn(&ItemMean) -> bool| {
        words::items(period.items.iter().filter(|item| wanted(item)).map(|item| item.parameter))
    };
    let percent = law.rule.minimums.month_percent;
    let is_automatic = |item: &ItemMean| law.rule.automatic.contains(&item.parameter);
    for (word, items) in [
        (format!("month_days<{percent}%"), listed(&|item| item.short_months > 0)),
        ("manual".to_owned(), listed(&|item| item.manual_months > 0 && is_automatic(item))),
        ("auto-only".to_owned(), listed(&|item| item.unused_months > 0)),
    ] {
        if !items.is_empty() {
            words.push(format!("{word}:{items}"));
        }
    }
    words.extend(
        Hindrance::ALL
            .iter()
            .filter_map(|why| period.hindered.get(why).map(|days| format!("{}={days}", why.key()))),
    );
    words.extend(section.notes.iter().cloned());
    let is_graded = judged.standing.class().is_some();
    words.extend(words::unverified(
        &law.rule.unverified,
        &[
            ("statistics", is_graded),
            ("minimums", true),
            ("main", !judged.main.is_empty()),
            ("change", changed),
        ],
    ));
    words.join(";")
}
