//! Changes of nodes that only do what is not done yet: cordon, uncordon, taint, label, delete.

mod cordon;
mod delete;
mod joined;
mod label;
mod taint;

pub use cordon::cordon;
pub use delete::delete_node;
pub use joined::joined;
pub use label::label;
pub use taint::taint;
