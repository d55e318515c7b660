//! Changes of nodes that only do what is not done yet: cordon, uncordon, taint, label, delete.

mod cordon;

pub use cordon::cordon;
