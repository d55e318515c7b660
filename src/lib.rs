#![doc = include_str!("README.md")]

pub mod adapters;
pub mod bindings;
pub mod cli;
pub mod domain;
pub mod host;
pub mod journal;
pub mod ops;
pub mod ports;
pub mod repl;
pub mod sandbox;
pub mod script;
pub mod view;
