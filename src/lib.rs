//! spotscript.
