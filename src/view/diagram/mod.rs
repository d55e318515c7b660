//! The architecture diagram of the tutorial, drawn from live state: zones × groups.

mod matrix;
mod mermaid;
mod text;

pub use mermaid::render as mermaid;
pub use text::render as text;
