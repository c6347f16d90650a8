//! Parameters of functions with a condition, which become the arguments of the other function.

use feats::testing;

use super::On;

#[feats::when_enabled(On, otherwise = fewer::<T, N>)]
fn generic<'a, T, const N: usize>(values: &'a [T], also: impl Into<u64>) -> [u64; N]
where
    T: Copy + Into<u64> + 'a,
{
    let also = also.into();
    std::array::from_fn(|index| values[index].into() + also)
}

fn fewer<T: Copy + Into<u64>, const N: usize>(values: &[T], _: impl Into<u64>) -> [u64; N] {
    std::array::from_fn(|index| values[index].into())
}

#[test]
fn generic_functions_pass_on_their_arguments() {
    assert_eq!(generic::<u8, 2>(&[1, 2], 3_u8), [4, 5]);
    testing::with(On::Disabled, || assert_eq!(generic::<u8, 2>(&[1, 2], 3_u8), [1, 2]));
}

struct Point {
    x: u8,
    y: u8,
}
struct Unit;
struct Wrapped<T>(T);
type Parts = ((u8, u8), [u8; 2]);

#[feats::when_enabled(On, otherwise = rebuilt)]
#[expect(clippy::too_many_arguments, reason = "one for each pattern")]
fn patterns(
    Point { x, y: mut z }: Point,
    Wrapped(mut inner): Wrapped<u8>,
    ((a, b), [c, d]): Parts,
    whole @ Wrapped(_): Wrapped<&str>,
    Unit: Unit,
    &copied: &u8,
    (only,): (u8,),
    _: u8,
) -> u8 {
    z += 1;
    inner += 1;
    let _ = whole.0;
    x + z + inner + a + b + c + d + copied + only
}

#[expect(clippy::too_many_arguments, reason = "as above")]
fn rebuilt(
    point: Point,
    wrapped: Wrapped<u8>,
    parts: Parts,
    whole: Wrapped<&str>,
    Unit: Unit,
    copied: &u8,
    only: (u8,),
    unnamed: u8,
) -> u8 {
    let ((a, b), [c, d]) = parts;
    assert_eq!((whole.0, unnamed), ("whole", 9));
    point.x + point.y + wrapped.0 + a + b + c + d + copied + only.0
}

#[test]
fn arguments_are_rebuilt_from_patterns() {
    let call = || patterns(Point { x: 1, y: 2 }, Wrapped(3), ((4, 5), [6, 7]), Wrapped("whole"), Unit, &8, (9,), 9);
    assert_eq!(call(), 47);
    testing::with(On::Disabled, || assert_eq!(call(), 45));
}

mod handlers {
    //! Handlers of axum, whose extractors are patterns.

    use axum::body::{Body, to_bytes};
    use axum::extract::{Path, State};
    use axum::response::IntoResponse;
    use axum::routing::get;
    use axum::{Json, Router};
    use feats::testing;
    use tower::ServiceExt as _;

    use crate::when_enabled::Canadian;
    use crate::{User, ada};

    #[feats::when_enabled(Canadian(&user), otherwise = old_page)]
    async fn page(State(user): State<User>, Path((id, name)): Path<(u64, String)>, body: String) -> impl IntoResponse {
        Json(format!("new {} {id} {name}{body}", user.id))
    }

    async fn old_page(user: State<User>, Path((id, name)): Path<(u64, String)>, _: String) -> Json<String> {
        Json(format!("old {} {id} {name}", user.id))
    }

    /// Without another function, `None` is 404 in axum.
    #[feats::when_enabled(Canadian(&user))]
    async fn only_new(State(user): State<User>) -> String {
        user.country
    }

    #[tokio::test]
    async fn a_handler_can_have_a_condition() {
        let only_new = async |user| only_new(user).await.ok_or(http::StatusCode::NOT_FOUND);
        let site = Router::new().route("/{id}/{name}", get(page)).route("/new", get(only_new)).with_state(ada());
        let text = async |path: &str| {
            let request = http::Request::get(path).body(Body::empty()).expect("a request");
            let response = site.clone().oneshot(request).await.expect("infallible");
            to_bytes(response.into_body(), 1_000).await.expect("a body")
        };
        assert_eq!((text("/7/x").await, text("/new").await), ("\"new 1 7 x\"".into(), "CA".into()));
        testing::with_async(Canadian::Disabled, async {
            assert_eq!((text("/7/x").await, text("/new").await), ("\"old 1 7 x\"".into(), "".into()));
        })
        .await;
    }
}
