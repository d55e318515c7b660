//! The embedded world and its two wire faces.
