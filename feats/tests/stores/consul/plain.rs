//! The values of other programs in Consul.

use feats::ErrorKind;

use super::{server, store};

#[tokio::test]
async fn plain_values_are_those_under_the_base_key() {
    let Some(server) = server() else { return };
    for (key, value) in [("plain/z/y", "12345"), ("plain/a%20b", "123456"), ("plain/folder/", ""), ("plainer/x", "1")] {
        assert_eq!(server.request("PUT", &format!("/v1/kv/{key}"), value).0, 200);
    }
    let values = store(server, "plain").plain_values(5).await.unwrap();
    assert_eq!(values, [("plain/a b".to_owned(), None), ("plain/z/y".to_owned(), Some(b"12345".to_vec()))]);
    assert_eq!(store(server, "plain/absent").plain_values(5).await.unwrap(), []);
    let error = store(server, "plain//").plain_values(5).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
}
