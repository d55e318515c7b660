//! How many vCPUs of Spot instances an account may run in a region.

/// A quota of EC2, one for each kind of instance families.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpotQuota {
    /// Its code at Service Quotas, such as `L-34B43A08`.
    pub code: &'static str,
    /// The families, as AWS names them.
    pub families: &'static str,
}

impl SpotQuota {
    /// The quota that instances of a type count against.
    pub fn of(instance_type: &str) -> SpotQuota {
        let family: String = instance_type.chars().take_while(char::is_ascii_alphabetic).collect();
        let (code, families) = match family.as_str() {
            "g" | "gr" | "vt" => ("L-3819A6DF", "G and VT"),
            "p" => ("L-7212CCBC", "P"),
            "f" => ("L-88CF9481", "F"),
            "inf" => ("L-B5D1601B", "Inf"),
            "trn" => ("L-6B0D517C", "Trn"),
            "dl" => ("L-85EED4F7", "DL"),
            family if family.starts_with('x') => ("L-E3A00192", "X"),
            _ => ("L-34B43A08", "Standard (A, C, D, H, I, M, R, T, Z)"),
        };
        SpotQuota { code, families }
    }

    /// Its name at Service Quotas.
    pub fn name(self) -> String {
        format!("All {} Spot Instance Requests", self.families)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_share_quotas() {
        for (name, code) in [
            ("m5.xlarge", "L-34B43A08"),
            ("t3a.micro", "L-34B43A08"),
            ("im4gn.large", "L-34B43A08"),
            ("g5g.xlarge", "L-3819A6DF"),
            ("gr6.4xlarge", "L-3819A6DF"),
            ("p5en.48xlarge", "L-7212CCBC"),
            ("x2gd.large", "L-E3A00192"),
            ("inf2.xlarge", "L-B5D1601B"),
        ] {
            assert_eq!(SpotQuota::of(name).code, code, "{name}");
        }
        assert_eq!(SpotQuota::of("m5.large").name(), "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests");
    }
}
