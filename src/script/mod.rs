//! Scripts: the engine, sources and modules, the header, and what went wrong where.
//!
//! Nothing here prints or reads arguments; the faces do.

mod before;
pub mod catalog;
pub mod check;
pub mod coverage;
mod cut;
pub mod diagnostic;
pub mod docs;
pub mod engine;
pub mod explain;
pub mod header;
pub mod render;
mod resolver;
pub mod session;
pub mod source;
pub mod stdlib;
mod suggest;
mod suggest_syntax;
pub mod testing;
pub(crate) mod types;

pub use diagnostic::ScriptError;
pub use header::{Header, Param, ParamKind, told};
pub use session::{Program, Session};
