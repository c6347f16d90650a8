// The service of Flipper, as its programs speak it: the binary protocol over a buffered transport.

namespace java feats.flipper

// A value as JSON text.
typedef string Json

enum ErrorCode {
    NOT_FOUND = 0
}

exception FlipperException {
    1: optional ErrorCode code;
    2: optional string message = "";
}

// The symbol is absent for equality.
struct ConditionOperator {
    1: optional string symbol;
}

struct ConditionCheck {
    1: optional string variable;
    2: optional Json value;
    3: optional ConditionOperator operator;
}

// The checks of a condition, by variable.
typedef map<string, list<ConditionCheck>> Condition

// The date is in seconds since 1970.
struct FeatureFlagStoreMeta {
    1: optional i64 created_date;
    2: optional Json client_data;
    3: optional list<Condition> conditions;
    4: optional Json bucketer;
}

struct FeatureFlagStoreItem {
    1: optional string feature_name;
    2: optional bool is_enabled;
    3: optional FeatureFlagStoreMeta meta;
}

service FeatureFlagStore {
    FeatureFlagStoreItem Create(1: string feature_name, 2: bool is_enabled, 3: Json client_data)
        throws (1: FlipperException error);

    FeatureFlagStoreItem Get(1: string feature_name) throws (1: FlipperException error);

    void Set(1: string feature_name, 2: bool is_enabled) throws (1: FlipperException error);

    void Delete(1: string feature_name) throws (1: FlipperException error);

    list<FeatureFlagStoreItem> List(1: i64 limit, 2: i64 offset) throws (1: FlipperException error);

    void SetMeta(1: string feature_name, 2: FeatureFlagStoreMeta meta) throws (1: FlipperException error);
}
