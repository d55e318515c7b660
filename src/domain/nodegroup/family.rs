//! Operating system families of node images, as eksctl names them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::code::Code;
use crate::domain::error::{Error, Result, nearest};

/// How a node of a family learns what it is to join.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bootstrap {
    /// nodeadm, told by a NodeConfig.
    Nodeadm,
    /// `/etc/eks/bootstrap.sh`, told by its arguments.
    Script,
    /// Bottlerocket's settings, in TOML.
    Bottlerocket,
    /// EKS's PowerShell script.
    Windows,
}

macro_rules! families {
    ($($(#[$doc:meta])* $name:ident = $bootstrap:ident;)+) => {
        /// Operating system family of the nodes' image.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum AmiFamily { $($(#[$doc])* $name,)+ }

        impl AmiFamily {
            /// Every family, in eksctl's order.
            pub const ALL: &'static [AmiFamily] = &[$(AmiFamily::$name),+];

            /// eksctl's spelling.
            pub const fn as_str(self) -> &'static str {
                match self { $(AmiFamily::$name => stringify!($name),)+ }
            }

            /// How its nodes are told what to join.
            pub const fn bootstrap(self) -> Bootstrap {
                match self { $(AmiFamily::$name => Bootstrap::$bootstrap,)+ }
            }
        }
    };
}

families! {
    /// Amazon Linux 2023, eksctl's default.
    AmazonLinux2023 = Nodeadm;
    /// Amazon Linux 2: images ended on 2025-11-26, Kubernetes 1.32 is the last.
    AmazonLinux2 = Script;
    /// Ubuntu Pro 26.04.
    UbuntuPro2604 = Script;
    /// Ubuntu 26.04.
    Ubuntu2604 = Script;
    /// Ubuntu Pro 24.04.
    UbuntuPro2404 = Script;
    /// Ubuntu 24.04.
    Ubuntu2404 = Script;
    /// Ubuntu Pro 22.04.
    UbuntuPro2204 = Script;
    /// Ubuntu 22.04.
    Ubuntu2204 = Script;
    /// Ubuntu Pro 20.04.
    UbuntuPro2004 = Script;
    /// Ubuntu 20.04.
    Ubuntu2004 = Script;
    /// Bottlerocket.
    Bottlerocket = Bottlerocket;
    /// Bottlerocket with validated cryptography.
    BottlerocketFips = Bottlerocket;
    /// Windows Server 2019 Core.
    WindowsServer2019CoreContainer = Windows;
    /// Windows Server 2019.
    WindowsServer2019FullContainer = Windows;
    /// Windows Server 2022 Core.
    WindowsServer2022CoreContainer = Windows;
    /// Windows Server 2022.
    WindowsServer2022FullContainer = Windows;
    /// Windows Server 2025 Core.
    WindowsServer2025CoreContainer = Windows;
    /// Windows Server 2025.
    WindowsServer2025FullContainer = Windows;
}

impl AmiFamily {
    /// Reads eksctl's spelling, in any case of letters, as eksctl does.
    ///
    /// # Errors
    /// `SPOT-0101` with the nearest family.
    pub fn parse(text: &str) -> Result<Self> {
        if let Some(family) = AmiFamily::ALL.iter().find(|family| family.as_str().eq_ignore_ascii_case(text)) {
            return Ok(*family);
        }
        let error = Error::new(Code::InvalidValue, format!("`{text}` is no image family"));
        Err(match nearest(text, AmiFamily::ALL.iter().map(|family| family.as_str())) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help("for example `AmazonLinux2023`, `Bottlerocket` or `Ubuntu2404`"),
        })
    }

    /// Whether it is one of Ubuntu's.
    pub fn is_ubuntu(self) -> bool {
        self.as_str().starts_with("Ubuntu")
    }

    /// Whether it is one of Windows'.
    pub fn is_windows(self) -> bool {
        self.bootstrap() == Bootstrap::Windows
    }

    /// Year and edition of a Windows, as `2022` and `Core`; `None` of any other.
    pub fn windows_release(self) -> Option<(&'static str, &'static str)> {
        let release = self.as_str().strip_prefix("WindowsServer")?.strip_suffix("Container")?;
        release.split_at_checked(4)
    }

    /// Whether it is one of Bottlerocket's.
    pub fn is_bottlerocket(self) -> bool {
        self.bootstrap() == Bootstrap::Bottlerocket
    }

    /// The device that its images have for the volume that `volumeSize` is about: for Bottlerocket the data volume.
    pub fn volume_device(self) -> &'static str {
        match self {
            AmiFamily::Bottlerocket | AmiFamily::BottlerocketFips => "/dev/xvdb",
            _ if self.is_ubuntu() || self.is_windows() => "/dev/sda1",
            _ => "/dev/xvda",
        }
    }
}

impl fmt::Display for AmiFamily {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_read_in_any_case_and_a_slip_is_named() {
        for family in AmiFamily::ALL {
            assert_eq!(AmiFamily::parse(&family.as_str().to_lowercase()).unwrap(), *family);
        }
        let error = AmiFamily::parse("AmazonLinux203").unwrap_err();
        assert_eq!(error.help.as_deref(), Some("did you mean `AmazonLinux2023`?"));
    }

    #[test]
    fn each_boots_in_its_own_way() {
        assert_eq!(AmiFamily::UbuntuPro2204.bootstrap(), Bootstrap::Script);
        assert_eq!(AmiFamily::BottlerocketFips.volume_device(), "/dev/xvdb");
        assert!(AmiFamily::WindowsServer2025CoreContainer.is_windows());
        assert_eq!(AmiFamily::WindowsServer2019FullContainer.windows_release(), Some(("2019", "Full")));
        assert_eq!(AmiFamily::Ubuntu2404.windows_release(), None);
    }
}
