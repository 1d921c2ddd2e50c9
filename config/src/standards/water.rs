//! GB 3838 files: class limits and evaluation rules of surface water.

use std::collections::BTreeMap;

use lanbi_model::Decimal;
use lanbi_model::standard::{
    ClassLimits, Direction, Edition, Saturation, WaterClass, WaterItem, WaterStandard,
};
use serde::Deserialize;

use super::error::Refusal;
use super::wire::{self, Number, Side};

/// Ⅰ to Ⅴ and 劣Ⅴ.
const CLASSES: u8 = 6;

/// `[water]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tables {
    day_readings: u32,
    saturation: SaturationRow,
    classes: Vec<ClassRow>,
    items: Vec<ItemRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SaturationRow {
    percent: Number,
    numerator: Number,
    offset: Number,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClassRow {
    class: u8,
    name: String,
    state: String,
    colour: String,
}

/// One item: `limits` for rivers and lakes alike, or `river` and `lake` apart, or a `band`, or none of them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ItemRow {
    parameter: String,
    unit: String,
    decimals: u32,
    #[serde(default = "yes")]
    decides: bool,
    #[serde(default = "yes")]
    multiple: bool,
    #[serde(default)]
    direction: Side,
    limits: Option<Vec<Number>>,
    river: Option<Vec<Number>>,
    lake: Option<Vec<Number>>,
    band: Option<[Number; 2]>,
}

const fn yes() -> bool {
    true
}

impl Tables {
    /// The standard of this file.
    pub(super) fn check(
        self,
        edition: Edition,
        clauses: BTreeMap<String, String>,
    ) -> Result<WaterStandard, Refusal> {
        if !self.classes.iter().map(|row| row.class).eq(1..=CLASSES) {
            return Err(Refusal::new("water.classes", format!("must be classes 1 to {CLASSES} in order")));
        }
        if self.day_readings == 0 {
            return Err(Refusal::new("water.day_readings", "must be at least 1"));
        }
        let mut items: Vec<WaterItem> = Vec::with_capacity(self.items.len());
        for (i, row) in self.items.into_iter().enumerate() {
            let key = format!("water.items[{i}]");
            let item = row.check(&key)?;
            if items.iter().any(|known| known.parameter == item.parameter) {
                return Err(Refusal::new(key, format!("names {} a second time", item.parameter)));
            }
            items.push(item);
        }
        let class = |row: ClassRow| WaterClass {
            class: row.class,
            name: row.name,
            state: row.state,
            colour: row.colour,
        };
        Ok(WaterStandard {
            edition,
            items,
            classes: self.classes.into_iter().map(class).collect(),
            clauses,
            day_readings: self.day_readings,
            saturation: self.saturation.check()?,
        })
    }
}

impl SaturationRow {
    fn check(self) -> Result<Saturation, Refusal> {
        let Self { percent, numerator, offset } = self;
        if [percent, numerator, offset].iter().any(|number| number.0 <= Decimal::ZERO) {
            return Err(Refusal::new("water.saturation", "must have numbers above 0"));
        }
        Ok(Saturation { percent: percent.0, numerator: numerator.0, offset: offset.0 })
    }
}

impl ItemRow {
    fn check(self, key: &str) -> Result<WaterItem, Refusal> {
        let parameter = wire::parameter(key, &self.parameter, &self.unit)?;
        let direction = self.direction.into();
        let steps = |name: &str, limits: Option<Vec<Number>>| {
            limits.map(|numbers| steps(&format!("{key}.{name}"), direction, &numbers)).transpose()
        };
        let (river, lake) = match (self.band, self.limits, self.river, self.lake) {
            (Some([low, high]), None, None, None) => {
                if low.0 >= high.0 {
                    return Err(Refusal::new(format!("{key}.band"), "must ascend"));
                }
                let band = ClassLimits::Band { low: low.0, high: high.0 };
                (Some(band.clone()), Some(band))
            }
            (None, Some(both), None, None) => {
                let both = steps("limits", Some(both))?;
                (both.clone(), both)
            }
            (None, None, river, lake) => (steps("river", river)?, steps("lake", lake)?),
            _ => return Err(Refusal::new(key, "gives limits in two ways; keep one")),
        };
        if self.decides && (river.is_none() || lake.is_none()) {
            return Err(Refusal::new(key, "decides a class, so it needs limits for rivers and for lakes"));
        }
        Ok(WaterItem {
            parameter,
            river,
            lake,
            decides: self.decides,
            multiple: self.multiple,
            decimals: self.decimals,
        })
    }
}

/// Five limits that never become stricter from class Ⅰ to Ⅴ.
fn steps(key: &str, direction: Direction, numbers: &[Number]) -> Result<ClassLimits, Refusal> {
    let limits: [Decimal; 5] =
        numbers.iter().map(|n| n.0).collect::<Vec<_>>().try_into().map_err(|wrong: Vec<_>| {
            Refusal::new(key, format!("has {} numbers, must have 5", wrong.len()))
        })?;
    let looser = |pair: &[Decimal]| match direction {
        Direction::AtMost => pair[0] <= pair[1],
        Direction::AtLeast => pair[0] >= pair[1],
    };
    if !limits.windows(2).all(looser) {
        return Err(Refusal::new(key, "becomes stricter towards class Ⅴ"));
    }
    Ok(ClassLimits::Steps { direction, limits })
}
