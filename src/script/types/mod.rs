//! The types of expressions, as far as they are evident without running anything. The checker and the REPL share them.
//!
//! What is not certain is unknown: a value of unknown type could be anything, and nobody judges it.

mod index;
mod infer;
mod kind;

pub(crate) use index::{Index, Overload};
pub(crate) use infer::{Types, literal};
pub(crate) use kind::{Kind, agreed};
