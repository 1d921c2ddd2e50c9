//! Bytes from a broker, socket or file into samples and problems
