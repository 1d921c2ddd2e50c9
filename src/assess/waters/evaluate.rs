//! The law a period of sections is judged by, and sections of the input judged by it.

use lanbi_analytics::water::{EvaluatedSection, FirstClassOxygen, WaterLaw};
use lanbi_model::ReportPeriod;
use lanbi_model::standard::{Standards, on_day};

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

impl Section {
    /// The section over a period.
    pub(super) fn over(
        &self,
        law: &WaterLaw<'_>,
        period: ReportPeriod,
        target: Option<u8>,
    ) -> EvaluatedSection {
        EvaluatedSection::of(law, period, self.body, target, &self.data)
    }
}
