//! Sections of the input judged over a period by the law in force on its last day.

use lanbi_analytics::water::{
    Coverage, FirstClassOxygen, JudgedSection, SectionPeriod, WaterLaw, judge_section, section_period,
};
use lanbi_model::standard::{Standards, on_day};
use lanbi_model::{Decimal, Parameter, ReportPeriod};

use super::super::error::AssessError;
use super::super::table::Choice;
use super::rows::Section;

/// The editions a period is judged by: `--edition` names one of GB 3838; the evaluation rule always goes by the period.
pub(super) fn law<'a>(
    law: &'a Standards,
    spelled: &str,
    period: ReportPeriod,
    oxygen: FirstClassOxygen,
) -> Result<WaterLaw<'a>, AssessError> {
    let day = period.last();
    let none = |what: &str| AssessError::Usage(format!("no edition of {what} is known for {day}"));
    let standard = Choice::parse(&law.water, spelled)?.of(day).ok_or_else(|| none("GB 3838"))?;
    let rule = on_day(&law.water_evaluation, day).ok_or_else(|| none("环办〔2011〕22号"))?;
    Ok(WaterLaw { standard, rule, oxygen })
}

/// A section over a period.
pub(super) struct Evaluated {
    pub(super) period: SectionPeriod,
    pub(super) judged: JudgedSection,
    /// Means that take part in what is made of several sections: none where the period has too few months.
    pub(super) means: Vec<(Parameter, Decimal)>,
}

impl Evaluated {
    pub(super) fn of(
        law: &WaterLaw<'_>,
        period: ReportPeriod,
        target: Option<u8>,
        section: &Section,
    ) -> Self {
        let made = section_period(law.standard, law.rule, period, &section.data);
        let too_few = matches!(made.coverage, Coverage::TooFew { .. });
        Self {
            judged: judge_section(law, section.body, target, &made),
            means: if too_few { Vec::new() } else { made.means() },
            period: made,
        }
    }
}
