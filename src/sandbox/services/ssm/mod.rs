//! Systems Manager: public parameters that name machine images.

pub mod state;
