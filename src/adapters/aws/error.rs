//! AWS's refusals as ours: one code per kind of remedy, AWS's own code and sentence kept as causes.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::domain::Code;
use crate::domain::error::Error;

/// What the SDK gives back when a request fails.
pub(super) type Failure<E> = SdkError<E, HttpResponse>;

/// Whether AWS refused with one of `codes`.
pub(super) fn is<E: ProvideErrorMetadata>(failure: &Failure<E>, codes: &[&str]) -> bool {
    let code = failure.as_service_error().and_then(ProvideErrorMetadata::code);
    code.is_some_and(|code| codes.contains(&code))
}

/// AWS's sentence of a refusal; empty when there is none.
pub(super) fn sentence<E: ProvideErrorMetadata>(failure: &Failure<E>) -> &str {
    failure.as_service_error().and_then(ProvideErrorMetadata::message).unwrap_or_default()
}

/// A failed request as our error. `what` says what was tried, as in `create launch template `x``.
pub(super) fn failed<E>(what: &str, failure: &Failure<E>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    match failure {
        SdkError::ServiceError(refusal) => {
            let (code, message) = (refusal.err().code(), refusal.err().message());
            match code {
                Some(code) => refused(what, code, message.unwrap_or_default()),
                None => {
                    let status = refusal.raw().status().as_u16();
                    Error::new(Code::AwsMalformedAnswer, format!("could not {what}: AWS refused without a code"))
                        .because(format!("HTTP status {status}"))
                        .help("the endpoint may not offer this operation")
                }
            }
        }
        SdkError::ConstructionFailure(_) if roots(failure).iter().any(|text| is_about_credentials(text)) => {
            without_credentials(what, roots(failure))
        }
        SdkError::DispatchFailure(dispatch) => {
            let causes = roots(failure);
            if causes.iter().any(|text| is_about_credentials(text)) {
                without_credentials(what, causes)
            } else {
                let why = if dispatch.is_timeout() { "no answer in time" } else { "no connection" };
                caused(Error::new(Code::AwsUnreachable, format!("could not {what}: {why}")), causes).help(
                    "check the network, the proxy settings and `AWS_ENDPOINT_URL`; the region must exist; then repeat",
                )
            }
        }
        SdkError::TimeoutError(_) => {
            caused(Error::new(Code::AwsUnreachable, format!("could not {what}: no answer in time")), roots(failure))
                .help("check the network, the proxy settings and `AWS_ENDPOINT_URL`, then repeat")
        }
        SdkError::ResponseError(_) => caused(
            Error::new(Code::AwsMalformedAnswer, format!("could not {what}: the answer cannot be read")),
            roots(failure),
        )
        .help("what was asked for may be done: repeat, and see whether `AWS_ENDPOINT_URL` is really an AWS endpoint"),
        _ => caused(Error::new(Code::AwsRefused, format!("could not {what}")), roots(failure)),
    }
}

/// A refusal that came with AWS's code.
fn refused(what: &str, code: &str, message: &str) -> Error {
    let (ours, help) = meaning(code, message);
    let error = Error::new(ours, format!("could not {what}"));
    let error = error.because(if message.is_empty() { code.to_owned() } else { format!("{code}: {message}") });
    match help {
        Some(help) => error.help(help),
        None => error,
    }
}

/// Our code and the next action for a code of AWS's.
fn meaning(code: &str, message: &str) -> (Code, Option<&'static str>) {
    match code {
        "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" | "AuthFailure"
            if message.contains("ServiceLinkedRole") || message.contains("service-linked role") =>
        {
            (Code::SpotServiceLinkedRoleMissing, Some(SPOT_ROLE_HELP))
        }
        "AuthFailure.ServiceLinkedRoleCreationNotPermitted" | "ServiceLinkedRoleFailure" => {
            (Code::SpotServiceLinkedRoleMissing, Some(SPOT_ROLE_HELP))
        }
        "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" | "NotAuthorized" => {
            (Code::AwsAccessDenied, Some("ask for the permission named above, or use another profile with `--profile`"))
        }
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => {
            (Code::AwsCredentials, Some("the credentials have expired: log in again"))
        }
        "InvalidClientTokenId"
        | "UnrecognizedClientException"
        | "InvalidAccessKeyId"
        | "SignatureDoesNotMatch"
        | "AuthFailure"
        | "IncompleteSignature"
        | "MissingAuthenticationToken" => (
            Code::AwsCredentials,
            Some("AWS does not accept these credentials: check the profile and the clock of this machine"),
        ),
        "OptInRequired" => (Code::AwsCredentials, Some("the account is not subscribed to this service or region")),
        "Throttling"
        | "ThrottlingException"
        | "RequestLimitExceeded"
        | "TooManyRequestsException"
        | "RequestThrottled"
        | "SlowDown" => (
            Code::AwsThrottled,
            Some("AWS kept throttling after several tries: wait a minute and repeat, nothing is lost"),
        ),
        "LimitExceeded"
        | "LimitExceededException"
        | "ResourceLimitExceeded"
        | "ResourceLimitExceededException"
        | "InstanceLimitExceeded"
        | "MaxSpotInstanceCountExceeded"
        | "VcpuLimitExceeded"
        | "SecurityGroupLimitExceeded"
        | "QuotaExceeded" => (Code::QuotaExceeded, Some(QUOTA_HELP)),
        // EC2 has a code for each of its limits.
        limit if limit.ends_with("LimitExceeded") => (Code::QuotaExceeded, Some(QUOTA_HELP)),
        "ValidationError"
            if message.contains("Invalid IAM Instance Profile") || message.contains("iamInstanceProfile") =>
        {
            (Code::InstanceProfileInvalid, Some("a new profile needs up to a minute to be known everywhere"))
        }
        "InvalidParameterValue" if message.contains("IAM Instance Profile") => {
            (Code::InstanceProfileInvalid, Some("a new profile needs up to a minute to be known everywhere"))
        }
        "InvalidKeyPair.NotFound" => {
            (Code::KeyPairNotFound, Some("create the key pair in this region, or name another"))
        }
        "InvalidSubnetID.NotFound" => (Code::SubnetNotFound, None),
        "InternalFailure"
        | "InternalError"
        | "InternalServiceError"
        | "ServerException"
        | "ServiceFailure"
        | "ServiceUnavailable"
        | "ServiceUnavailableException"
        | "Unavailable" => (
            Code::AwsRefused,
            Some("AWS itself failed, several times: wait a minute and repeat, what is done stays done"),
        ),
        _ => (Code::AwsRefused, Some("AWS's own words stand above: mend what they name, then repeat")),
    }
}

/// What to do about a limit.
const QUOTA_HELP: &str = "remove what is no longer needed, or request a higher quota in Service Quotas";

/// How to get the role that Spot needs.
const SPOT_ROLE_HELP: &str =
    "create it once per account: `aws iam create-service-linked-role --aws-service-name spot.amazonaws.com`";

fn without_credentials(what: &str, causes: Vec<String>) -> Error {
    caused(Error::new(Code::AwsCredentials, format!("could not {what}: no usable AWS credentials")), causes).help(
        "log in (`aws sso login`, `aws configure`) or choose a profile with `--profile`; `--target sandbox` needs none",
    )
}

fn is_about_credentials(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    text.contains("credential") || text.contains("no identity") || text.contains("identity cache")
}

fn caused(error: Error, causes: Vec<String>) -> Error {
    causes.into_iter().fold(error, Error::because)
}

/// The chain of sources below an SDK error, without repetition.
fn roots(failure: &(dyn std::error::Error + 'static)) -> Vec<String> {
    let mut texts: Vec<String> = vec![];
    let mut next = failure.source();
    while let Some(error) = next {
        let text = error.to_string();
        if texts.last() != Some(&text) {
            texts.push(text);
        }
        next = error.source();
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_lead_to_their_remedy() {
        for (code, message, ours) in [
            ("RequestLimitExceeded", "", Code::AwsThrottled),
            ("UnauthorizedOperation", "You are not authorized to perform this operation.", Code::AwsAccessDenied),
            ("ExpiredToken", "", Code::AwsCredentials),
            ("ValidationError", "Invalid IAM Instance Profile ARN \"x\"", Code::InstanceProfileInvalid),
            ("MaxSpotInstanceCountExceeded", "", Code::QuotaExceeded),
            ("AuthFailure.ServiceLinkedRoleCreationNotPermitted", "", Code::SpotServiceLinkedRoleMissing),
            ("SomethingNew", "", Code::AwsRefused),
        ] {
            assert_eq!(meaning(code, message).0, ours, "{code}");
        }
    }

    #[test]
    fn the_words_of_aws_stay_in_the_cause() {
        let error = refused("create launch template `x`", "InvalidLaunchTemplateName.AlreadyExistsException", "in use");
        assert_eq!(error.message, "could not create launch template `x`");
        assert_eq!(error.causes, ["InvalidLaunchTemplateName.AlreadyExistsException: in use"]);
    }
}
