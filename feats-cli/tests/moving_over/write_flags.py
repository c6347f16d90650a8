"""Writes 200 flags of every kind with flipper-client and Flypper into a Redis.

The start of a name says how the test compares the answers: "random/…" draws at random, "ramp/…" changes with time, and
"both/…" has conditions and a bucketer.
"""

import sys
from time import time

from flipper import Condition, FeatureFlagClient, RedisFeatureFlagStore
from flipper.bucketing import (
    ConsistentHashPercentageBucketer,
    LinearRampPercentage,
    NoOpBucketer,
    Percentage,
    PercentageBucketer,
)
from flypper_redis.storage.redis import RedisStorage
from redis import Redis

PERCENTAGES = [0.0, 0.004, 0.01, 0.05, 0.1, 0.125, 0.29, 0.31, 0.5, 0.57, 0.58, 0.99, 1.0]
KEYS = [["user_id"], ["account"], ["tenant", "user_id"], ["score"], [], ["no_such_attribute"]]

redis = Redis(port=int(sys.argv[1]))
client = FeatureFlagClient(RedisFeatureFlagStore(redis))
storage = RedisStorage(redis)
names = []


def flipper(name, conditions=(), bucketer=None, enabled=True, client_data=None):
    """Creates a flag of flipper-client."""
    names.append(name)
    flag = client.create(name, is_enabled=enabled, client_data=client_data)
    for condition in conditions:
        flag.add_condition(condition)
    if bucketer is not None:
        flag.set_bucketer(bucketer)


def consistent(keys, percentage):
    return ConsistentHashPercentageBucketer(key_whitelist=keys, percentage=percentage)


def flypper(name, actors=None, percentage=None, enabled=True, deleted=False):
    """Creates a flag of Flypper."""
    names.append(name)
    storage.upsert({
        "name": name,
        "deleted": deleted,
        "enabled": enabled,
        "enabled_for_actors": actors and {"actor_key": actors[0], "actor_ids": actors[1]},
        "enabled_for_percentage_of_actors": percentage and {"actor_key": percentage[0], "percentage": percentage[1]},
    })


def write_plain():
    flipper("enabled")
    flipper("disabled", enabled=False)
    flipper("with client data", client_data={"ttl": 60, "größe": [1.0, None, {"a/b": True}], "b": 1e22, "a": "日本"})
    flipper("team/checkout/new", client_data={"owner": "cart"})
    flipper("naïve ünïcode 🎉 日本")
    flipper("disabled bucketer", bucketer=consistent(["user_id"], Percentage(0.5)), enabled=False)
    flipper("disabled conditions", [Condition(plan="pro")], enabled=False)
    flipper("no bucketer", bucketer=NoOpBucketer())


def write_conditions():
    operands = {"plan": "pro", "horses": 5_000, "score": 0.5, "is_admin": True}
    for name, operand in operands.items():
        flipper(f"check/{name}", [Condition(**{name: operand})])
        flipper(f"check/{name} ne", [Condition(**{f"{name}__ne": operand})])
        flipper(f"check/{name} in", [Condition(**{f"{name}__in": [operand, "another"]})])
        flipper(f"check/{name} not_in", [Condition(**{f"{name}__not_in": [operand, "another"]})])
    for name, operand in [("plan", "m"), ("horses", 5_000), ("score", 0.5), ("horses", 4_999.5), ("score", 1)]:
        for operator in ["gt", "gte", "lt", "lte"]:
            flipper(f"check/{name} {operator} {operand}", [Condition(**{f"{name}__{operator}": operand})])
    flipper("check/several of a condition", [Condition(plan="pro", horses__gt=3_000, is_admin__ne=True)])
    flipper("check/several conditions", [Condition(plan="pro"), Condition(horses__lte=9_000), Condition(plan__ne="free")])
    flipper("check/several operators of a name", [Condition(horses__gt=1_000, horses__lte=7_000, horses__ne=6_000)])
    flipper("check/two delimiters", [Condition(a__b__gt=3)])
    flipper("check/unicode", [Condition(plan__in=["größer", "日本", "🎉"])])
    flipper("check/empty list", [Condition(plan__in=[])])
    flipper("check/not in empty list", [Condition(plan__not_in=[])])
    flipper("check/no checks", [Condition()])


def write_bucketers():
    for keys in KEYS:
        for percentage in PERCENTAGES:
            flipper(f"share/{'+'.join(keys) or 'all'}/{percentage}", bucketer=consistent(keys, Percentage(percentage)))
    for percentage in [0.004, 0.31, 0.57, 0.99]:
        flipper(f"share/größe/{percentage}", bucketer=consistent(["größe"], Percentage(percentage)))
    flipper("share/default percentage", bucketer=ConsistentHashPercentageBucketer(key_whitelist=["user_id"]))
    flipper("random/0", bucketer=PercentageBucketer(Percentage(0)))
    flipper("random/1", bucketer=PercentageBucketer(Percentage(1)))
    flipper("random/0.3", bucketer=PercentageBucketer(Percentage(0.3)))
    flipper("random/default percentage", bucketer=PercentageBucketer())


def write_ramps():
    now = int(time())
    starts = {"before": now + 3_600, "under way": now - 1_000, "over": now - 100_000}
    for keys in [["user_id"], ["tenant", "user_id"]]:
        for when, start in starts.items():
            for first, last in [(0.0, 1.0), (0.2, 0.8), (0.33, 0.333)]:
                ramp = LinearRampPercentage(first, last, ramp_duration=7_200, initial_time=start)
                flipper(f"ramp/{when}/{'+'.join(keys)}/{first} to {last}", bucketer=consistent(keys, ramp))
    flipper("ramp/no duration", bucketer=consistent(["user_id"], LinearRampPercentage(0.1, 0.4, 0, now)))
    down = LinearRampPercentage(0.8, 0.2, ramp_duration=1_000_000, initial_time=now - 10)
    flipper("ramp/down", bucketer=consistent(["user_id"], down))


def write_both():
    for percentage in [0.0, 0.31, 1.0]:
        bucketer = consistent(["user_id"], Percentage(percentage))
        flipper(f"both/{percentage}", [Condition(plan="pro"), Condition(horses__lt=9_000)], bucketer)
    flipper("both/random", [Condition(plan__ne="free")], PercentageBucketer(Percentage(0.5)))
    flipper("both/unchecked", [Condition(no_such_attribute=1)], consistent(["user_id"], Percentage(0.31)))


def write_flypper():
    flypper("flypper/enabled")
    flypper("flypper/disabled", enabled=False)
    flypper("flypper/deleted", ("account", ["a", "b"]), ("account", 31.5), deleted=True)
    flypper("flypper/actors", ("account", ["account 1", "account 22", "größe 3", "日本 4", "🎉 5", ""]))
    flypper("flypper/no actors", ("account", []))
    flypper("flypper/disabled actors", ("account", ["account 1"]), enabled=False)
    for percentage in [0.0, 0.005, 0.01, 1, 5.5, 10.1, 33.33, 50.0, 57.29, 99.98, 99.99, 100.0]:
        flypper(f"flypper/share/account/{percentage}", percentage=("account", percentage))
    for percentage in [0.29, 28.0, 66.66, 100.0]:
        flypper(f"flypper/share/absent/{percentage}", percentage=("no_such_attribute", percentage))
        flypper(f"flypper/share/tenant/{percentage}", percentage=("tenant", percentage))
        flypper(f"flypper/share/größe/{percentage}", percentage=("größe", percentage))
    for key in ["tenant", "plan"]:
        for percentage in [0.0, 20.0, 100.0]:
            ids = ["tenant 1", "tenant 2", "pro", "größer"]
            flypper(f"flypper/gates/{key}/{percentage}", (key, ids), ("account", percentage))


write_plain()
write_conditions()
write_bucketers()
write_ramps()
write_both()
write_flypper()
assert len(names) == len(set(names)) == 200, len(names)
