//! Capacity pools: an instance type in a zone, with a price that walks and a number of free machines.

pub mod choose;
pub mod pool;
pub mod price;
