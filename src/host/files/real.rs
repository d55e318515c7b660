//! Where a path really leads.

use std::path::{Component, Path, PathBuf};

/// Links followed before a path is taken as it stands, as the kernel does.
const MAX_LINKS: usize = 40;
/// Bytes of a path that the file system would still look at.
const MAX_BYTES: usize = 4096;

/// Where `path` leads, as far as it exists: every link followed, and what is missing behind it as it is written. A link
/// to what does not exist yet leads to the place where it would be made.
pub(super) fn real(path: &Path) -> PathBuf {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    if path.as_os_str().len() > MAX_BYTES { path.to_owned() } else { follow(path, MAX_LINKS) }
}

fn follow(path: &Path, links: usize) -> PathBuf {
    if let Ok(real) = path.canonicalize() {
        return real;
    }
    let target = path.read_link().ok().filter(|_| links > 0);
    let (parent, name) = split(path);
    let parent = match parent {
        Some(parent) if parent.as_os_str().is_empty() => follow(Path::new("."), links),
        Some(parent) => follow(parent, links),
        // Neither a root nor a working directory: nothing is there to follow.
        None => return path.to_owned(),
    };
    match (target, name) {
        (Some(target), _) => follow(&parent.join(target), links - 1),
        (None, Component::ParentDir) => parent.parent().map_or(parent.clone(), Path::to_owned),
        (None, Component::CurDir) => parent,
        (None, name) => parent.join(name),
    }
}

/// The last part of a path, and what is before it.
fn split(path: &Path) -> (Option<&Path>, Component<'_>) {
    let mut parts = path.components();
    let last = parts.next_back().unwrap_or(Component::CurDir);
    (matches!(last, Component::Normal(_) | Component::ParentDir | Component::CurDir).then(|| parts.as_path()), last)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn links_are_followed_and_what_is_missing_stays() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().canonicalize().unwrap();
        std::fs::create_dir(at.join("a")).unwrap();
        std::fs::create_dir(at.join("b")).unwrap();
        symlink(at.join("b"), at.join("a/b")).unwrap();
        symlink("../b/none", at.join("a/none")).unwrap();
        symlink("loop", at.join("loop")).unwrap();
        for (path, leads) in [
            ("a/b/new", "b/new"),
            ("a/b/../new", "new"),
            ("a/none", "b/none"),
            ("a/none/new", "b/none/new"),
            ("missing/../a/./new", "a/new"),
            ("missing/new", "missing/new"),
        ] {
            assert_eq!(real(&at.join(path)), at.join(leads), "{path}");
        }
        assert!(real(&at.join("loop/x")).starts_with(&at));
    }
}
