//! The order of what is out of order: the most urgent first, then the worst, then by name, so that the same day always
//! gives the same list.

use std::cmp::Reverse;

use lanbi_model::Severity;

use super::{input::DitchGrade, item::Item};

/// Sort key: severity, kind, how bad within the kind, name.
type Key = (Reverse<Severity>, u8, Reverse<u8>, String);

/// Sorts findings by urgency.
pub(super) fn sort(items: &mut [Item]) {
    items.sort_by_cached_key(key);
}

fn key(item: &Item) -> Key {
    let (severity, kind, badness, name) = match item {
        Item::Alarm { text, severity, .. } => (*severity, 0, 0, text),
        Item::OutletOver { name, exceedances } => {
            (Severity::Breach, 1, u8::try_from(exceedances.len()).unwrap_or(u8::MAX), name)
        }
        Item::DitchBlackOdorous { name, grade } => {
            let severity = if *grade == DitchGrade::Heavy { Severity::Breach } else { Severity::Warning };
            (severity, 2, 0, name)
        }
        Item::SectionOffTarget { name, class, target, .. } => {
            (Severity::Breach, 3, class.saturating_sub(*target), name)
        }
        Item::SectionWorse { name, class, before, .. } => {
            (Severity::Warning, 4, class.saturating_sub(*before), name)
        }
        Item::NoData { name } => (Severity::Notice, 5, 0, name),
        Item::SectionInOrder { name, .. } | Item::OutletInOrder { name } | Item::DitchInOrder { name } => {
            (Severity::Notice, 6, 0, name)
        }
    };
    (Reverse(severity), kind, Reverse(badness), name.clone())
}
