"""The workloads in flipper-client, with its flags in memory."""

from flipper import Condition, FeatureFlagClient, MemoryFeatureFlagStore
from flipper.bucketing import ConsistentHashPercentageBucketer, Percentage

from measure import ENABLED, EQUALITY, ROLLOUT, measure, users

ENGINE = "flipper-client (Python)"

client = FeatureFlagClient(MemoryFeatureFlagStore())
for name in ("enabled", "equality", "canary"):
    client.create(name, is_enabled=True)
client.add_condition("equality", Condition(country="CA"))
client.add_condition("canary", Condition(country="CA"))
client.set_bucketer("canary", ConsistentHashPercentageBucketer(key_whitelist=["user_id"], percentage=Percentage(0.05)))

at_hand = [{"user_id": user.id, "country": user.country} for user in users()]
measure(ENABLED, ENGINE, [None], lambda _: client.is_enabled("enabled"))
measure(EQUALITY, ENGINE, users(), lambda user: client.is_enabled("equality", country=user.country))
measure(ROLLOUT, ENGINE, at_hand, lambda attributes: client.is_enabled("canary", **attributes))
