//! AWS's three wire protocols over the world: query (XML), REST-JSON, JSON 1.1.

pub mod api;
