//! Engine, sources, diagnostics.
