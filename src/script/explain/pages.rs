//! The pages, embedded. A test holds the table equal to the folder and to the codes.

macro_rules! pages {
    ($($number:literal),+ $(,)?) => {
        /// Number and text of every page.
        pub(super) const ALL: &[(u16, &str)] =
            &[$((number($number), include_str!(concat!("pages/", $number, ".md")))),+];
    };
}

/// The number that four digits mean.
const fn number(digits: &str) -> u16 {
    let bytes = digits.as_bytes();
    let mut value = 0;
    let mut at = 0;
    while at < bytes.len() {
        value = value * 10 + (bytes[at] - b'0') as u16;
        at += 1;
    }
    value
}

pages!(
    "0101", "0102", "0103", "0104", "0110", "0111", "0112", "0120", "0121", "0122", "0123", "0130", "0131", "0132",
    "0201", "0202", "0203", "0204", "0205", "0206", "0301", "0302", "0303", "0304", "0305", "0306", "0310", "0311",
    "0312", "0313", "0314", "0315", "0316", "0317", "0318", "0319", "0320", "0321", "0401", "0402", "0403", "0404",
    "0405", "0501", "0502", "0503", "0504", "0505", "0601", "0602", "0603", "0604", "0605", "0606", "0607", "0608",
    "0609", "0610", "0611", "0660", "0661", "0662", "0663", "0664", "0680", "0681", "0701", "0702", "0703", "0801",
    "0802", "0803", "0804", "0805", "0901", "0902",
);
