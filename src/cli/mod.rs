//! The command line: parses arguments, wires everything.
