//! The standard library for scripts, embedded. A test holds the table equal to the folder `stdlib/`.

/// Name with `std/`, name without, text.
const MODULES: &[(&str, &str, &str)] = &[
    ("std/format", "format", include_str!("../../stdlib/format.rhai")),
    ("std/guard", "guard", include_str!("../../stdlib/guard.rhai")),
    ("std/nodes", "nodes", include_str!("../../stdlib/nodes.rhai")),
    ("std/spot", "spot", include_str!("../../stdlib/spot.rhai")),
    ("std/testing", "testing", include_str!("../../stdlib/testing.rhai")),
];

/// The text of `std/NAME`.
pub fn get(name: &str) -> Option<&'static str> {
    let name = name.strip_suffix(".rhai").unwrap_or(name);
    MODULES.iter().find(|(_, short, _)| *short == name).map(|(_, _, text)| *text)
}

/// Every module: its name with and without `std/`.
pub fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
    MODULES.iter().map(|(full, short, _)| (*full, *short))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    #[test]
    fn the_table_holds_every_file_of_the_folder() {
        let mut files: Vec<String> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/stdlib"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.ends_with(".rhai") && !name.ends_with("_test.rhai"))
            .collect();
        files.sort();
        let table: Vec<String> = super::names().map(|(_, name)| format!("{name}.rhai")).collect();
        assert_eq!(table, files);
    }
}
