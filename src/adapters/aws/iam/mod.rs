//! IAM: roles, policies and instance profiles.

mod mutate;
mod read;
