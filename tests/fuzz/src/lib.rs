//! What each target does with some bytes: parse, and where that succeeds, write and parse again.
//!
//! A panic, an overflow, a hang and more memory than libFuzzer allows are what is looked for. What is written must be read
//! as the same.
#![allow(dead_code, unused_imports, missing_docs, clippy::all)]

#[path = "../../../src/domain/mod.rs"]
mod domain;

use domain::kubernetes::Selector;
use domain::kubernetes::quantity::{Quantity, parse_milli};
use domain::taint::Taint;

fn text(data: &[u8]) -> Option<&str> {
    std::str::from_utf8(data).ok()
}

/// The reader of YAML with places, and everything that is made of an eksctl file: document, findings, mended text.
pub fn yaml(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let variable = |_: &str| None;
    let found = domain::eksctl::lint(text, "f.yml", &variable);
    let (mended, _) = domain::eksctl::fix(text, "f.yml", &found);
    if mended != text {
        let _ = domain::eksctl::lint(&mended, "f.yml", &variable);
    }
    if let Ok(document) = domain::eksctl::read(text, "f.yml") {
        for group in document.nodegroups() {
            if let Ok(written) = domain::eksctl::write(std::slice::from_ref(&group)) {
                let again = domain::eksctl::read(&written, "g.yml").expect("what is written can be read");
                assert_eq!(again.nodegroups(), [group], "{written}");
            }
        }
    }
}

/// Label selectors, as people and as the server write them.
pub fn selector(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let _ = Selector::parse_as_server(text);
    if let Ok(selector) = Selector::parse(text) {
        let labels = std::collections::BTreeMap::from([("a".to_owned(), "b".to_owned())]);
        let _ = selector.matches(&labels);
    }
}

/// Taints.
pub fn taint(data: &[u8]) {
    let Some(text) = text(data) else { return };
    if let Ok(taint) = Taint::parse(text) {
        assert_eq!(Taint::parse(&taint.to_string()).expect("what is written can be read"), taint);
    }
}

/// Boot data of each family.
pub fn user_data(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let _ = domain::import::boot::read(text);
    let _ = domain::boot_syntax::toml::parse(text);
    if let Some(plain) = domain::boot_syntax::text_of(text) {
        let _ = domain::boot_syntax::bootstrap_of(&plain);
    }
    let _ = domain::boot_syntax::bootstrap_of(text);
}

/// Kubernetes' quantities.
pub fn quantity(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let _ = parse_milli(text);
    if let Some(quantity) = Quantity::parse(text) {
        let written = quantity.to_string();
        assert!(Quantity::parse(&written).is_some(), "{text:?} became {written:?}");
    }
}
