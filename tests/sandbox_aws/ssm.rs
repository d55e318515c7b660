use aws_sdk_ssm::Client;
use spotscript::sandbox::services::ssm::state::Parameter;

use super::{code, sandbox};

#[tokio::test]
async fn parameters_are_found_by_name_and_by_path() {
    let (sandbox, config) = sandbox();
    sandbox.world(|world| {
        for i in 0..12 {
            let parameter = Parameter { value: format!("ami-{i}"), kind: "String".into(), version: 3, modified: 0 };
            world.ssm.parameters.insert(format!("/mine/{i:02}/image_id"), parameter);
        }
    });
    let ssm = Client::new(&config);
    let one = ssm.get_parameter().name("/mine/03/image_id").send().await.unwrap().parameter.unwrap();
    assert_eq!((one.value(), one.version(), one.data_type()), (Some("ami-3"), 3, Some("aws:ec2:image")));
    let missing = ssm.get_parameter().name("/mine/99").send().await.unwrap_err().into_service_error();
    assert!(missing.is_parameter_not_found(), "{missing:?}");

    let some = ssm.get_parameters().names("/mine/00/image_id").names("/nothing").send().await.unwrap();
    assert_eq!((some.parameters().len(), some.invalid_parameters()), (1, &["/nothing".to_owned()][..]));
    assert_eq!(code(ssm.get_parameters().set_names(Some(vec![])).send().await), "ValidationException");

    let pages = ssm.get_parameters_by_path().path("/mine/").recursive(true).into_paginator().send();
    let pages = pages.collect::<Result<Vec<_>, _>>().await.unwrap();
    assert_eq!(pages.iter().map(|page| page.parameters().len()).collect::<Vec<_>>(), [10, 2]);
    assert!(ssm.get_parameters_by_path().path("/mine").send().await.unwrap().parameters().is_empty());
}
