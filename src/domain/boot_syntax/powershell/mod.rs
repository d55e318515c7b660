//! PowerShell, followed as far as it decides what the node is told: variables, tables, and the call of
//! `Start-EKSBootstrap.ps1`. Whatever else it runs is taken to work; but PowerShell reads a whole script before it runs
//! any of it, so one that is no PowerShell runs nothing.

mod scan;
mod text;
mod value;
mod words;

use std::collections::HashMap;

use self::scan::statements;
use self::value::{assignment, expression};
use self::words::{Argument, arguments, bound};

pub use self::value::Value;
pub use self::words::Bound;

const OPEN: &str = "<powershell>";
const CLOSE: &str = "</powershell>";
/// EKS's script, wherever an image keeps it.
const BOOTSTRAP: &str = "start-eksbootstrap.ps1";

/// The script in user data: what stands between the tags that EC2's launch agent looks for. `None` without them.
pub fn script(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once(OPEN)?;
    rest.split_once(CLOSE).map(|(script, _)| script)
}

/// Whether a text has one of the tags: nothing between them may.
pub fn has_tag(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    lower.contains(OPEN) || lower.contains(CLOSE)
}

/// Whether a script does nothing but find EKS's own and call it, as EKS, eksctl and spotscript write that.
pub fn only_calls(script: &str) -> bool {
    let plain = |statement: &String| {
        let lower = statement.trim().to_lowercase();
        let finds = assignment(&lower).is_some_and(|(name, _, _)| name.starts_with("eksb"));
        let calls = ["& $eksbootstrapscriptfile ", r#"& "$env:programfiles\amazon\eks\start-eksbootstrap.ps1" "#];
        let calls = calls.iter().any(|call| lower.starts_with(call));
        (finds || calls) && !lower.contains("$(") && !lower.contains('|')
    };
    statements(script).is_ok_and(|all| all.iter().all(plain))
}

/// The variables of a script, by their names in lower case: PowerShell does not tell cases apart.
type Variables = HashMap<String, Value>;

/// What a script gives EKS's own as it calls it; `None` when it does not, or not at its top.
///
/// # Errors
/// PowerShell's sentence about a script that it cannot read.
pub fn call(script: &str) -> Result<Option<Vec<Bound>>, String> {
    let mut variables = Variables::new();
    let mut called = None;
    for statement in statements(script)? {
        if let Some((name, adds, rest)) = assignment(&statement) {
            let value = expression(rest, &variables);
            match (adds, value) {
                (true, Some(Value::Text(more))) => {
                    let before = variables.get(&name).map(Value::text).unwrap_or_default();
                    variables.insert(name, Value::Text(format!("{before}{more}")));
                }
                (false, Some(value)) => drop(variables.insert(name, value)),
                // What it comes to is not known here: as a variable that was never set it is nothing.
                (_, None) | (true, Some(Value::Table(_))) => drop(variables.remove(&name)),
            }
            continue;
        }
        let words = arguments(&statement, &variables);
        let mut words = words.as_slice();
        if let [Argument::Operator, rest @ ..] = words {
            words = rest;
        }
        let Some((Argument::Value(Value::Text(program)), rest)) = words.split_first() else { continue };
        let file = program.rsplit(['\\', '/']).next().unwrap_or(program);
        if file.eq_ignore_ascii_case(BOOTSTRAP) {
            called = Some(bound(rest));
        }
    }
    Ok(called)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(script: &str) -> String {
        match call(script) {
            Ok(None) => "no call".to_owned(),
            Ok(Some(bound)) => bound.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | "),
            Err(error) => error,
        }
    }

    #[test]
    fn a_call_gets_what_its_strings_and_variables_come_to() {
        let script = r#"
[string]$EKSBootstrapScriptFile = "$env:ProgramFiles\Amazon\EKS\Start-EKSBootstrap.ps1"
# a comment with a ' in it
<# and a block "of" them #>
$name = 'it''s $name' ; $Args2 = "--node-labels=a=`"b`",c=${Name}"
net user Administrator "Passw0rd!" ; if ($true) { Write-Host "not 'closed" }
& $EKSBootstrapScriptFile -EKSClusterName $NAME `
  -KubeletExtraArgs:"$args2 --max-pods=$(1 + 1)" -Verbose 3>&1 4>&1 5>&1 6>&1 | Out-Null
"#;
        insta::assert_snapshot!(told(script), @r#"-EKSClusterName | it's $name | -KubeletExtraArgs | --node-labels=a="b",c=it's $name --max-pods= | -Verbose"#);
    }

    #[test]
    fn tables_are_read_and_splatted() {
        let script = "$map = @{'node-labels' = 'a=b'; \"max-pods\" = \"9\"\n  plain = 'x' }\n\
                      $all = @{ EKSClusterName = 'c'; KubeletExtraArgs = \"--max-pods=$($map['max-pods']) $($map.plain)\" }\n\
                      & 'C:\\Program Files\\Amazon\\EKS\\Start-EKSBootstrap.ps1' @all";
        insta::assert_snapshot!(told(script), @"-EKSClusterName | c | -KubeletExtraArgs | --max-pods=9 x");
    }

    #[test]
    fn texts_are_added_and_here_strings_are_taken_as_they_are() {
        let script = "$a = 'x' + \"y\"\n$a += ' z'\n$b = @'\nit's $a\n'@\n. Start-EKSBootstrap.ps1 $a $b -Flag";
        insta::assert_snapshot!(told(script), @"
        xy z | it's $a | -Flag
        ");
        assert_eq!(told("Start-Service kubelet\n$x = 1 + 2"), "no call");
    }

    #[test]
    fn what_is_no_powershell_runs_nothing() {
        for (script, said) in [
            ("& Start-EKSBootstrap.ps1 'c", "The string is missing the terminator: '."),
            ("echo \"hi $(date", "The string is missing the terminator: \"."),
            ("if ($x) { & a", "Missing closing '}' in statement block or type definition."),
            ("& a (1", "Missing closing ')' in expression."),
            ("echo }", "Unexpected token '}' in expression or statement."),
            ("$a = @'\nx", "The string is missing the terminator: '@."),
            ("<# never closed", "The terminator '#>' is missing from the multiline comment."),
        ] {
            assert_eq!(told(script), said, "{script}");
        }
    }

    #[test]
    fn a_script_stands_between_its_tags() {
        assert_eq!(script("x<powershell>\na\n</powershell>\n<persist>true</persist>"), Some("\na\n"));
        assert_eq!(script("<powershell>\na"), None);
        assert!(only_calls("[string]$EKSBinDir = 'x'\n& $EKSBootstrapScriptFile -EKSClusterName c 3>&1\n"));
        assert!(
            !only_calls("$token = 'x'\n& $EKSBootstrapScriptFile c") && !only_calls("& $EKSBootstrapScriptFile $(a)")
        );
        assert!(has_tag("echo </PowerShell>") && !has_tag("powershell.exe"));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "(?s).{0,120}", odd in "['\"`$@(){}<>#;=\\[\\]&a\\n -]{0,80}") {
            let _ = call(&text);
            let _ = call(&odd);
            let _ = call(&format!("& Start-EKSBootstrap.ps1 {odd}"));
            let _ = call(&format!("$a = {odd}"));
        }
    }
}
