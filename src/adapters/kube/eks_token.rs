//! The bearer token that EKS takes: a GetCallerIdentity request to STS, signed but not sent.
//!
//! The API server sends it on to STS and so learns who signed it. The cluster's name is signed with it, so that a
//! token for one cluster is of no use at another.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign};
use aws_sigv4::sign::v4;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::domain::{Code, Error, Result};

/// How long EKS takes a token for: 15 minutes. One is renewed a little earlier.
pub(super) const RENEW_AFTER: Duration = Duration::from_secs(13 * 60);

const PREFIX: &str = "k8s-aws-v1.";
const CLUSTER_HEADER: &str = "x-k8s-aws-id";

/// Makes a token for `cluster`, signed at `now`.
pub(super) fn token(cluster: &str, region: &str, credentials: &Credentials, now: SystemTime) -> Result<String> {
    let failed = |error: &dyn std::error::Error| {
        Error::new(Code::AwsCredentials, format!("cannot sign a token for cluster `{cluster}`"))
            .because(error.to_string())
    };
    let host = sts_host(region);
    let mut url = format!("https://{host}/?Action=GetCallerIdentity&Version=2011-06-15");
    let mut settings = SigningSettings::default();
    settings.signature_location = SignatureLocation::QueryParams;
    // What EKS expects: not the token's life, only how soon the API server must have passed it on.
    settings.expires_in = Some(Duration::from_secs(60));
    let identity = credentials.clone().into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name("sts")
        .time(now)
        .settings(settings)
        .build()
        .map_err(|error| failed(&error))?
        .into();
    let headers = [("host", host.as_str()), (CLUSTER_HEADER, cluster)];
    let request = SignableRequest::new("GET", url.as_str(), headers.into_iter(), SignableBody::Bytes(&[]));
    let signed = sign(request.map_err(|error| failed(&error))?, &params).map_err(|error| failed(&error))?;
    let (instructions, _) = signed.into_parts();
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in instructions.params() {
        query.append_pair(name, value);
    }
    url = format!("{url}&{}", query.finish());
    Ok(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(url)))
}

/// The regional STS endpoint.
fn sts_host(region: &str) -> String {
    let suffix = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
    format!("sts.{region}.{suffix}")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn url_of(token: &str) -> String {
        let text = token.strip_prefix("k8s-aws-v1.").unwrap();
        String::from_utf8(URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
    }

    fn query_of(url: &str) -> BTreeMap<String, String> {
        form_urlencoded::parse(url.split_once('?').unwrap().1.as_bytes()).into_owned().collect()
    }

    fn credentials() -> Credentials {
        Credentials::new("AKIDEXAMPLE", "secret/with+signs", Some("a/session+token==".to_string()), None, "test")
    }

    #[test]
    fn a_token_is_a_presigned_get_caller_identity_bound_to_the_cluster() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600);
        let token = token("eks-spot-eksct", "ap-northeast-1", &credentials(), now).unwrap();
        assert!(!token.contains('='), "padding is not taken");
        let url = url_of(&token);
        assert!(
            url.starts_with("https://sts.ap-northeast-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15&")
        );
        let query = query_of(&url);
        assert_eq!(query["X-Amz-Algorithm"], "AWS4-HMAC-SHA256");
        assert_eq!(query["X-Amz-Credential"], "AKIDEXAMPLE/20260101/ap-northeast-1/sts/aws4_request");
        assert_eq!(query["X-Amz-Date"], "20260101T000000Z");
        assert_eq!(query["X-Amz-Expires"], "60");
        assert_eq!(query["X-Amz-SignedHeaders"], "host;x-k8s-aws-id");
        assert_eq!(query["X-Amz-Security-Token"], "a/session+token==");
        assert_eq!(query["X-Amz-Signature"].len(), 64);
        assert!(!url.contains("secret"));
    }

    #[test]
    fn the_signature_depends_on_the_cluster_and_is_what_the_algorithm_says() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600);
        let signature = |cluster: &str| {
            query_of(&url_of(&token(cluster, "us-west-2", &credentials(), now).unwrap()))["X-Amz-Signature"].clone()
        };
        assert_ne!(signature("one"), signature("two"));
        // Worked out here by the published steps, not by the signing crate's request canonicalisation.
        let query = query_of(&url_of(&token("one", "us-west-2", &credentials(), now).unwrap()));
        let encode = |text: &str| {
            text.bytes()
                .map(|byte| match byte {
                    b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
                    other => format!("%{other:02X}"),
                })
                .collect::<String>()
        };
        let canonical_query = query
            .iter()
            .filter(|(name, _)| *name != "X-Amz-Signature")
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect::<Vec<_>>()
            .join("&");
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let hash = |text: &str| hex(&<sha2::Sha256 as sha2::Digest>::digest(text.as_bytes()));
        let canonical = format!(
            "GET\n/\n{canonical_query}\nhost:sts.us-west-2.amazonaws.com\nx-k8s-aws-id:one\n\nhost;x-k8s-aws-id\n{}",
            hash("")
        );
        let to_sign =
            format!("AWS4-HMAC-SHA256\n20260101T000000Z\n20260101/us-west-2/sts/aws4_request\n{}", hash(&canonical));
        let key = v4::generate_signing_key("secret/with+signs", now, "us-west-2", "sts");
        assert_eq!(query["X-Amz-Signature"], v4::calculate_signature(key, to_sign.as_bytes()));
    }

    #[test]
    fn china_has_its_own_domain() {
        assert_eq!(sts_host("cn-north-1"), "sts.cn-north-1.amazonaws.com.cn");
    }
}
