//! A reply's tree as XML.

use quick_xml::escape::escape;
use serde_json::Value;

/// Appends the members of an object as elements. Arrays become `<name><ITEM>…</ITEM></name>` with the protocol's
/// item name, or `<name>…</name><name>…</name>` for a member called `name[]`; `Null` members are left out.
pub fn members(out: &mut String, tree: &Value, item: &str) {
    match tree {
        Value::Object(object) => object.iter().for_each(|(name, child)| element(out, name, child, item)),
        Value::Array(items) => items.iter().for_each(|child| element(out, item, child, item)),
        Value::Null => {}
        // XML 1.0 has no way to write most control characters, so they are dropped, as AWS drops them.
        Value::String(text) => {
            let legal = |c: char| c >= ' ' || matches!(c, '\t' | '\n' | '\r');
            if text.chars().all(legal) {
                out.push_str(&escape(text.as_str()));
            } else {
                let kept: String = text.chars().filter(|c| legal(*c)).collect();
                out.push_str(&escape(kept.as_str()));
            }
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

/// Appends one element.
pub fn element(out: &mut String, name: &str, tree: &Value, item: &str) {
    if tree.is_null() {
        return;
    }
    if let (Some(name), Value::Array(items)) = (name.strip_suffix("[]"), tree) {
        return items.iter().for_each(|child| element(out, name, child, item));
    }
    let start = out.len();
    out.push('<');
    out.push_str(name);
    out.push('>');
    let content = out.len();
    members(out, tree, item);
    if out.len() == content {
        out.truncate(start);
        out.push('<');
        out.push_str(name);
        out.push_str("/>");
    } else {
        out.push_str("</");
        out.push_str(name);
        out.push('>');
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::members;

    #[test]
    fn lists_get_the_protocols_item_name_and_text_is_escaped() {
        let tree = json!({
            "vpcSet": [{"vpcId": "vpc-1", "isDefault": false, "nothing": null}, {"n": 2}],
            "none": [],
            "groupId[]": ["a", "b"],
            "text": "a<b>&\"c\" \u{1}日本",
        });
        let mut out = String::new();
        members(&mut out, &tree, "item");
        assert_eq!(
            out,
            "<vpcSet><item><vpcId>vpc-1</vpcId><isDefault>false</isDefault></item><item><n>2</n></item></vpcSet>\
             <none/><groupId>a</groupId><groupId>b</groupId><text>a&lt;b&gt;&amp;&quot;c&quot; 日本</text>"
        );
    }
}
