//! Lists and words of the result columns.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use lanbi_analytics::water::Exceedance;
use lanbi_model::Parameter;

/// `nh3n/1.3+tp/0.6+do`.
pub(super) fn exceedances(list: &[Exceedance]) -> String {
    let mut text = String::new();
    for over in list {
        // Writing to a string cannot fail.
        let _ = write!(text, "{}{}", if text.is_empty() { "" } else { "+" }, over.parameter);
        if let Some(multiple) = over.multiple {
            let _ = write!(text, "/{multiple:.1}");
        }
    }
    text
}

/// `nh3n+tp`.
pub(in crate::assess) fn items(list: impl IntoIterator<Item = Parameter>) -> String {
    list.into_iter().map(Parameter::key).collect::<Vec<_>>().join("+")
}

/// `unverified:statistics+main`: those of the topics a row rests on whose clause is recalled or inferred.
pub(in crate::assess) fn unverified(
    unverified: &BTreeSet<String>,
    topics: &[(&str, bool)],
) -> Option<String> {
    let weak = topics.iter().filter(|(topic, used)| *used && unverified.contains(*topic));
    let weak: Vec<&str> = weak.map(|(topic, _)| *topic).collect();
    (!weak.is_empty()).then(|| format!("unverified:{}", weak.join("+")))
}
