//! Grades of black-odorous water.
