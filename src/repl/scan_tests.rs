use super::*;
use proptest::prelude::*;

#[test]
fn literals_and_comments_hide_each_other() {
    let open = |text| scan(text).open;
    assert_eq!(open("let a = \"/* ` //\";"), Open::Nothing);
    assert_eq!(open("1 /* \" ` /* */"), Open::Comment);
    assert_eq!(open("1 /* /* */ */"), Open::Nothing);
    assert_eq!(open("`a ${ #{ b: `c ${1}` } } \" "), Open::Backtick);
    assert_eq!(open("`a ${ 1 + "), Open::Backtick);
    assert_eq!(open("`a ${ 1 }`"), Open::Nothing);
    assert_eq!(open("\"a \\\" b"), Open::Quotes { escaped: false });
    assert_eq!(open("\"a \\"), Open::Quotes { escaped: true });
    assert_eq!(open("// it's ` fine"), Open::Nothing);
    assert_eq!(open("'\"' + '`'"), Open::Nothing);
    assert_eq!(open("#\"a \" ` b\"#"), Open::Nothing);
    assert_eq!(open("##\"a \"# b"), Open::Backtick);
}

#[test]
fn code_ends_before_comments() {
    let code = |text: &'static str| &text[..scan(text).code_end];
    assert_eq!(code("let f = |x|  // later\n"), "let f = |x|");
    assert_eq!(code("a /* b */ "), "a");
    assert_eq!(code("/* b */ a"), "/* b */ a");
    assert_eq!(code("/* b */"), "");
    assert_eq!(code(" // nothing"), "");
}

#[test]
fn tokens_are_what_a_reader_sees() {
    let text = "let n = `a ${b.c(1.5)} d`; x::y(1..3) // 说";
    let shown: Vec<String> = scan(text)
        .tokens
        .iter()
        .filter(|token| token.kind != Kind::Space)
        .map(|token| format!("{:?}:{}", token.kind, token.of(text)))
        .collect();
    assert_eq!(
        shown.join(" "),
        "Word:let Word:n Sign:= Text:`a  Sign:${ Word:b Sign:. Word:c Sign:( Number:1.5 Sign:) Sign:} Text: d` Sign:; \
         Word:x Sign::: Word:y Sign:( Number:1 Sign:.. Number:3 Sign:) Comment:// 说"
    );
}

proptest! {
    #[test]
    fn tokens_cover_any_text_without_gaps(text in "[a{}$`\"'#/*\\\\1.节 \n]{0,30}") {
        let found = scan(&text);
        let mut at = 0;
        for token in &found.tokens {
            prop_assert_eq!(token.start, at);
            prop_assert!(token.end > token.start && text.is_char_boundary(token.end));
            at = token.end;
        }
        prop_assert_eq!(at, text.len());
        prop_assert!(text.get(..found.code_end).is_some());
    }
}
