//! The water law: classes of surface water (GB 3838) by single factor, periods of sections, states of rivers and basins
//! (环办〔2011〕22号), the trophic index of lakes, 城市水质指数 and the rank sum of Tianjin.

mod assess;
mod basin;
mod change;
mod city_index;
mod evaluated;
mod judge;
mod mean;
mod month;
mod print;
mod rank_sum;
mod readings;
mod section;
#[cfg(test)]
mod test_law;
mod trophic;

pub use assess::{
    Exceedance, FirstClassOxygen, Rounding, WaterAssessment, assess, assess_with_oxygen, item_class,
};
pub use basin::{
    BasinAssessment, BasinChange, BasinMethod, BasinSection, assess_basin, basin_change, space_mean,
};
pub use change::{Change, change_of_points, change_of_steps};
pub use city_index::{IndexPart, WaterIndex, index_change, index_parts, place_index, water_index};
pub use evaluated::EvaluatedSection;
pub use judge::{JudgedSection, Standing, WaterLaw, judge_section, main_pollutants};
pub use mean::{mean_ph, round_for_evaluation};
pub use print::{with_brackets, with_slashes};
pub use rank_sum::{SumPlace, rank_by_sum};
pub use readings::Readings;
pub use section::{
    Coverage, Hindrance, ItemMean, RowTime, SectionData, SectionPeriod, Sources, section_period,
};
pub use trophic::{TrophicIndex, trophic_index, weighted_index};
