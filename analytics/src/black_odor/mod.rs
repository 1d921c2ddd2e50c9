//! Grades of black-odorous water (城市黑臭水体整治工作指南 2015; 农村黑臭水体治理工作指南 2024).

mod grade;

pub use grade::{Grade, OdorLevel, grade};
