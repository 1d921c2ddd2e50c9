//! Effluent limits.
