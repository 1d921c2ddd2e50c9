//! Who should take care, pollutant by pollutant (HJ 633-2026, Table 2).

use lanbi_model::Parameter;
use lanbi_model::standard::AqiStandard;

/// Pollutants with a high individual index and the people they harm most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sensitive<'a> {
    /// Pollutants above the threshold, in the order of [`Parameter::AQI`].
    pub items: Vec<Parameter>,
    /// 建议采取措施的敏感人群.
    pub people: &'a str,
}

/// The groups of the edition whose pollutants have an index above its threshold (100); `iaqi` in the order of
/// [`Parameter::AQI`]. Empty for an edition that names none by pollutant.
#[must_use]
pub fn sensitive_groups<'a>(standard: &'a AqiStandard, iaqi: &[Option<u32>; 6]) -> Vec<Sensitive<'a>> {
    let Some(table) = &standard.sensitive else { return Vec::new() };
    let high = |item: &Parameter| {
        let place = Parameter::AQI.iter().position(|other| other == item);
        place.and_then(|place| iaqi[place]).is_some_and(|index| index > table.above)
    };
    table
        .groups
        .iter()
        .map(|group| {
            let own = Parameter::AQI.into_iter().filter(|item| group.parameters.contains(item));
            Sensitive { items: own.filter(high).collect(), people: &group.people }
        })
        .filter(|group| !group.items.is_empty())
        .collect()
}
