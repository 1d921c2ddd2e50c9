//! The water law: GB 3838.
