//! What people see: tables, text, diagrams.
