use super::sandbox;

#[tokio::test]
async fn the_caller_is_the_worlds() {
    let (sandbox, config) = sandbox();
    let caller = aws_sdk_sts::Client::new(&config).get_caller_identity().send().await.unwrap();
    let arn = caller.arn().unwrap();
    assert_eq!(arn.split(':').nth(4), caller.account());
    assert_eq!(arn, sandbox.read(|world| world.account.caller_arn.clone()));
    assert!(caller.user_id().unwrap().starts_with("AIDA"));
}
