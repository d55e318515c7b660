//! spotscript.
fn main() {}
