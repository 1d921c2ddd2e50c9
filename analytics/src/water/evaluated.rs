//! A section over a period from its data to the law's word on it: the piece that states of basins and indices are made of.

use lanbi_model::{Decimal, Parameter, ReportPeriod, WaterBody};

use super::basin::BasinSection;
use super::judge::{JudgedSection, WaterLaw, judge_section};
use super::section::{Coverage, SectionData, SectionPeriod, section_period};

/// A section over a period, judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvaluatedSection {
    /// River or lake.
    pub body: WaterBody,
    /// What its data come to.
    pub period: SectionPeriod,
    /// What the law says of it.
    pub judged: JudgedSection,
    /// Means that take part in what is made of several sections: none where the period has too few months.
    pub means: Vec<(Parameter, Decimal)>,
}

impl EvaluatedSection {
    /// Makes the period and judges it; `target` is a class 1-5.
    #[must_use]
    pub fn of(
        law: &WaterLaw<'_>,
        period: ReportPeriod,
        body: WaterBody,
        target: Option<u8>,
        data: &SectionData,
    ) -> Self {
        let period = section_period(law.standard, law.rule, period, data);
        let too_few = matches!(period.coverage, Coverage::TooFew { .. });
        Self {
            body,
            judged: judge_section(law, body, target, &period),
            means: if too_few { Vec::new() } else { period.means() },
            period,
        }
    }

    /// As a section of a basin.
    #[must_use]
    pub fn in_basin(&self) -> BasinSection<'_> {
        BasinSection { body: self.body, means: &self.means, judged: &self.judged }
    }
}
