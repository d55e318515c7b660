//! The Spot Instance Advisor feed.
