//! Exceeding items as official texts print them.

use lanbi_model::Parameter;

use super::assess::Exceedance;

/// `氨氮(1.3)、总磷(0.6)、溶解氧`, the form of 环办〔2011〕22号.
#[must_use]
pub fn with_brackets(exceeding: &[Exceedance]) -> String {
    join(exceeding, |name, multiple| format!("{name}({multiple})"))
}

/// `氨氮/1.3、总磷/0.6、溶解氧`, the form of monthly section tables.
#[must_use]
pub fn with_slashes(exceeding: &[Exceedance]) -> String {
    join(exceeding, |name, multiple| format!("{name}/{multiple}"))
}

fn join(exceeding: &[Exceedance], with_multiple: impl Fn(&str, String) -> String) -> String {
    let one = |e: &Exceedance| {
        let name = if e.parameter == Parameter::Ph { "pH" } else { e.parameter.zh() };
        e.multiple.map_or_else(|| name.to_owned(), |multiple| with_multiple(name, format!("{multiple:.1}")))
    };
    exceeding.iter().map(one).collect::<Vec<_>>().join("、")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn multiples_keep_their_decimal_and_ph_has_none() {
        let over = |parameter, multiple: Option<&str>| Exceedance {
            parameter,
            class: 6,
            multiple: multiple.map(|m| m.parse().unwrap()),
        };
        let list =
            [over(Parameter::Nh3n, Some("1.3")), over(Parameter::Tp, Some("1")), over(Parameter::Ph, None)];
        assert_eq!(with_brackets(&list), "氨氮(1.3)、总磷(1.0)、pH");
        assert_eq!(with_slashes(&list), "氨氮/1.3、总磷/1.0、pH");
        assert_eq!(with_slashes(&[]), "");
    }
}
