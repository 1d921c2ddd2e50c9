//! The river chief's daily check.
