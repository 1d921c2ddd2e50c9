//! Units as devices and file headers spell them.

use lanbi_model::Unit;

/// Finds a unit by key or symbol, whichever of the micro signs `u`, `µ` (U+00B5), `μ` (U+03BC) and of the superscripts
/// is used.
pub(crate) fn unit_named(text: &str) -> Option<Unit> {
    let text = text.trim();
    Unit::from_key(text).or_else(|| {
        let plain: String = text
            .chars()
            .map(|c| match c {
                'µ' | 'μ' => 'u',
                '³' => '3',
                '％' => '%',
                c => c,
            })
            .collect();
        Unit::from_key(&plain)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_unit_meet() {
        for text in ["ug/m3", "μg/m³", "µg/m³", "ug/m³", " μg/m3 "] {
            assert_eq!(unit_named(text), Some(Unit::MicrogramPerCubicMetre), "{text}");
        }
        assert_eq!(unit_named("无量纲"), Some(Unit::PhUnit));
        assert_eq!(unit_named("ppb"), None);
    }
}
