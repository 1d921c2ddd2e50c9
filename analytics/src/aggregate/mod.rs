//! Means over longer periods.
