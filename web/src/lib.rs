//! Shows and takes
