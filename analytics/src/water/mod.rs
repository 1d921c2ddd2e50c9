//! The water law: classes of surface water (GB 3838) by single factor (环办〔2011〕22号).

mod assess;
mod mean;
mod print;

pub use assess::{Exceedance, Rounding, WaterAssessment, assess, item_class};
pub use mean::{mean_ph, round_for_evaluation};
pub use print::{with_brackets, with_slashes};
