//! Rhai modules, one file per namespace.
