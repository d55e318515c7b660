//! Kubernetes' own terms and rules: selectors, ages, printed columns, and questions to ask of a node.
//!
//! Works on `k8s_openapi` objects and a given `now`; talks to nobody.

pub mod age;
pub mod columns;
pub mod describe;
pub mod field_selector;
pub mod given;
pub mod go_duration;
pub mod go_sort;
pub mod go_value;
pub mod jsonpath;
pub mod kinds;
pub mod label_change;
pub mod names;
pub mod node;
pub mod pod;
pub mod quantity;
pub mod refusal;
pub mod selector;
mod selector_parser;
pub mod sort;
pub mod table;
pub mod taint_change;

pub use field_selector::FieldSelector;
pub use selector::Selector;
