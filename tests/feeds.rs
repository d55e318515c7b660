//! The advisor feed against a real HTTP server on the loopback interface: freshness, validators, fallbacks.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::{SignedDuration, Timestamp};
use spotscript::adapters::feeds::{AdvisorFeed, Freshness, Loaded};
use spotscript::domain::code::Code;
use spotscript::domain::feed_source::FeedOrigin;

/// A publisher that counts requests, knows its ETag, and can be told to fail.
#[derive(Default)]
struct Publisher {
    requests: AtomicUsize,
    unchanged: AtomicUsize,
    failing: AtomicU16,
}

async fn serve(State(publisher): State<Arc<Publisher>>, headers: HeaderMap) -> Response {
    publisher.requests.fetch_add(1, Ordering::SeqCst);
    let failing = publisher.failing.load(Ordering::SeqCst);
    if failing != 0 {
        return StatusCode::from_u16(failing).unwrap().into_response();
    }
    if headers.get(header::IF_NONE_MATCH).is_some_and(|etag| etag == "\"one\"") {
        publisher.unchanged.fetch_add(1, Ordering::SeqCst);
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let validators = [(header::ETAG, "\"one\""), (header::LAST_MODIFIED, "Sat, 28 Jun 2025 04:05:06 GMT")];
    (validators, "{\"feed\":1}").into_response()
}

struct Bench {
    publisher: Arc<Publisher>,
    feed: AdvisorFeed,
    folder: tempfile::TempDir,
    now: Timestamp,
}

impl Bench {
    async fn new() -> Self {
        let publisher = Arc::new(Publisher::default());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/feed.json", listener.local_addr().unwrap());
        let router = Router::new().route("/feed.json", get(serve)).with_state(publisher.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let folder = tempfile::tempdir().unwrap();
        let feed = AdvisorFeed::at(&url, Some(folder.path().to_owned()));
        Bench { publisher, feed, folder, now: "2026-01-01T00:00:00Z".parse().unwrap() }
    }

    async fn load(&self, freshness: Freshness, hours_later: i64) -> Result<Loaded, spotscript::domain::Error> {
        self.feed.load(freshness, self.now + SignedDuration::from_hours(hours_later)).await
    }

    fn requests(&self) -> usize {
        self.publisher.requests.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn a_recent_copy_is_used_without_asking_and_an_old_one_is_confirmed() {
    let bench = Bench::new().await;
    let first = bench.load(Freshness::Recent, 0).await.unwrap();
    assert_eq!((first.source.origin, first.bytes.as_slice()), (FeedOrigin::Live, b"{\"feed\":1}".as_slice()));
    assert_eq!(first.source.published, Some("2025-06-28T04:05:06Z".parse().unwrap()));

    let second = bench.load(Freshness::Recent, 5).await.unwrap();
    assert_eq!(
        (second.source.origin, second.source.fetched, bench.requests()),
        (FeedOrigin::Cache, Some(bench.now), 1)
    );

    let third = bench.load(Freshness::Recent, 7).await.unwrap();
    assert_eq!((third.source.origin, third.bytes == first.bytes), (FeedOrigin::Live, true));
    assert_eq!((bench.requests(), bench.publisher.unchanged.load(Ordering::SeqCst)), (2, 1));

    let fourth = bench.load(Freshness::Recent, 8).await.unwrap();
    assert_eq!(
        (fourth.source.origin, bench.requests()),
        (FeedOrigin::Cache, 2),
        "confirming made the copy young again"
    );
}

#[tokio::test]
async fn refresh_always_asks() {
    let bench = Bench::new().await;
    bench.load(Freshness::Refresh, 0).await.unwrap();
    let again = bench.load(Freshness::Refresh, 0).await.unwrap();
    assert_eq!((again.source.origin, bench.requests()), (FeedOrigin::Live, 2));
}

#[tokio::test]
async fn a_publisher_that_fails_leaves_the_copy_and_a_warning() {
    let bench = Bench::new().await;
    bench.load(Freshness::Recent, 0).await.unwrap();
    bench.publisher.failing.store(503, Ordering::SeqCst);
    let old = bench.load(Freshness::Recent, 48).await.unwrap();
    assert_eq!((old.source.origin, old.source.fetched), (FeedOrigin::Cache, Some(bench.now)));
    let warning = old.warning.unwrap();
    assert!(warning.causes[0].contains("503"), "{warning:?}");
}

#[tokio::test]
async fn without_copy_a_failure_is_an_error_with_the_status() {
    let bench = Bench::new().await;
    bench.publisher.failing.store(403, Ordering::SeqCst);
    let error = bench.load(Freshness::Recent, 0).await.unwrap_err();
    assert_eq!(error.code, Code::Feed);
    assert!(error.causes[0].contains("403") && error.help.is_some(), "{error:?}");
}

#[tokio::test]
async fn nobody_there_is_an_error_with_the_cause() {
    let feed = AdvisorFeed::at("http://127.0.0.1:9/feed.json", None);
    let error = feed.load(Freshness::Recent, Timestamp::UNIX_EPOCH).await.unwrap_err();
    assert!(error.causes[0].to_lowercase().contains("refused"), "{error:?}");
}

#[tokio::test]
async fn offline_never_asks() {
    let bench = Bench::new().await;
    let error = bench.load(Freshness::Offline, 0).await.unwrap_err();
    assert_eq!((error.code, bench.requests()), (Code::Feed, 0));
    bench.load(Freshness::Recent, 0).await.unwrap();
    let copy = bench.load(Freshness::Offline, 9000).await.unwrap();
    assert_eq!((copy.source.origin, copy.warning, bench.requests()), (FeedOrigin::Cache, None, 1));
}

#[tokio::test]
async fn a_copy_that_was_cut_short_is_no_copy() {
    let bench = Bench::new().await;
    bench.load(Freshness::Recent, 0).await.unwrap();
    std::fs::write(bench.folder.path().join("spot-advisor.json"), "{\"fee").unwrap();
    let error = bench.load(Freshness::Offline, 0).await.unwrap_err();
    assert_eq!(error.code, Code::Feed);
    let again = bench.load(Freshness::Recent, 0).await.unwrap();
    assert_eq!((again.source.origin, again.bytes.as_slice()), (FeedOrigin::Live, b"{\"feed\":1}".as_slice()));
}
