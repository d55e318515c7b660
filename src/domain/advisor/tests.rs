use super::*;

const FEED: &str = r#"{
  "global_rate": "<10%",
  "ranges": [
    {"index": 4, "label": ">20%", "dots": 4, "max": 100},
    {"index": 0, "label": "<5%", "dots": 0, "max": 5}
  ],
  "spot_advisor": {
    "xx-test-1": {"Linux": {
      "m5.xlarge": {"s": 67, "r": 4}, "t2.xlarge": {"s": 0, "r": 0}, "p5.48xlarge": {"s": -62, "r": 4},
      "new.large": {"s": 50, "r": 9}
    }, "Plan9": {}}
  },
  "instance_types": {
    "m5.xlarge": {"emr": true, "cores": 4, "ram_gb": 16.0},
    "t2.xlarge": {"emr": false, "cores": 4, "ram_gb": 16.0},
    "p5.48xlarge": {"emr": false, "cores": 192, "ram_gb": 2048.0}
  }
}"#;

fn feed() -> Feed {
    Feed::parse(FEED.as_bytes()).unwrap()
}

fn names(rows: &[AdvisorRow]) -> Vec<&str> {
    rows.iter().map(|row| row.instance_type.as_str()).collect()
}

#[test]
fn rows_have_signed_savings_and_labels_by_index() {
    let rows = feed().rows("xx-test-1", &Filter { sort: Sort::Type, ..Filter::default() }).unwrap();
    let text: Vec<String> = rows
        .iter()
        .map(|row| {
            let label = row.interruption.as_ref().map_or("unknown", |range| range.label.as_str());
            format!("{} {:?} {:?} {label}", row.instance_type, row.vcpu, row.savings)
        })
        .collect();
    insta::assert_snapshot!(text.join("\n"), @r"
    m5.xlarge Some(4) Some(67) >20%
    new.large None Some(50) unknown
    p5.48xlarge Some(192) Some(-62) >20%
    t2.xlarge Some(4) Some(0) <5%
    ");
}

#[test]
fn rows_are_sorted_and_filtered() {
    let feed = feed();
    let rows = |filter: Filter| feed.rows("xx-test-1", &filter).unwrap();
    let calm = rows(Filter::default());
    assert_eq!(names(&calm), ["t2.xlarge", "m5.xlarge", "p5.48xlarge", "new.large"]);
    let saving = rows(Filter { sort: Sort::Savings, ..Filter::default() });
    assert_eq!(names(&saving), ["m5.xlarge", "new.large", "t2.xlarge", "p5.48xlarge"]);
    let shape = rows(Filter { vcpu: Some(4), memory_gib: Some(16.0), ..Filter::default() });
    assert_eq!(names(&shape), ["t2.xlarge", "m5.xlarge"]);
    assert_eq!(names(&rows(Filter { max_interruption: Some(0), ..Filter::default() })), ["t2.xlarge"]);
    assert_eq!(names(&rows(Filter { min_savings: Some(60), ..Filter::default() })), ["m5.xlarge"]);
}

#[test]
fn what_the_feed_lacks_is_unknown_and_not_zero() {
    let feed = feed();
    let error = feed.rows("xx-test-2", &Filter::default()).unwrap_err();
    assert_eq!(error.message, "the Spot Instance Advisor has no data for Linux in `xx-test-2`");
    assert_eq!(error.help.unwrap(), "did you mean `xx-test-1`?");
    let windows = Filter { os: OperatingSystem::Windows, ..Filter::default() };
    assert_eq!(feed.rows("xx-test-1", &windows).unwrap_err().code, Code::Feed);
    let rows = feed.rows_of("xx-test-1", OperatingSystem::Linux, &["m5a.xlarge", "m5.xlarge"]).unwrap();
    assert_eq!(names(&rows), ["m5a.xlarge", "m5.xlarge"]);
    assert_eq!((rows[0].vcpu, rows[0].savings, rows[1].savings), (Some(4), None, Some(67)));
}

#[test]
fn a_feed_that_is_none_is_refused_with_its_place() {
    for (text, cause) in [("", "line 1 column 0"), ("{}", "missing field"), ("{\"ranges\": 3}", "line 1 column 12")] {
        let error = Feed::parse(text.as_bytes()).unwrap_err();
        assert_eq!(error.code, Code::Feed);
        assert!(error.causes[0].contains(cause), "{text}: {:?}", error.causes);
    }
}

#[test]
fn a_feed_knows_its_hash() {
    assert_eq!(feed().sha256().len(), 64);
    assert_ne!(feed().sha256(), Feed::parse(FEED.replace("67", "68").as_bytes()).unwrap().sha256());
}

/// The published feed, when the conformance data is there.
#[test]
fn the_published_feed_is_read_whole() {
    let Some(path) = crate::domain::testing::shared("data/spot-advisor-data.json") else { return };
    let bytes = std::fs::read(path).unwrap();
    let feed = Feed::parse(&bytes).unwrap();
    assert_eq!(feed.regions().count(), 33);
    let labels: Vec<&str> = feed.ranges().iter().map(|range| range.label.as_str()).collect();
    assert_eq!(labels, ["<5%", "5-10%", "10-15%", "15-20%", ">20%"]);
    let all: usize = feed.regions.values().flat_map(|systems| systems.values()).map(Vec::len).sum();
    assert_eq!(all, 25_323);
    let rows = feed.rows_of("us-west-2", OperatingSystem::Linux, &["m5.xlarge", "m4.xlarge"]).unwrap();
    let facts: Vec<_> =
        rows.iter().map(|row| (row.savings, row.interruption.as_ref().map(|range| range.index))).collect();
    assert_eq!(facts, [(Some(67), Some(3)), (Some(56), Some(0))]);
    assert!(feed.rows("cn-north-1", &Filter::default()).is_err());
}
