"""Prints the answers of flipper-client and Flypper: for each flag, one bit for each user.

Arguments: the port of the Redis, a file with a list of users, the base key of the flags of flipper-client, and the times, in
seconds, at which it is asked. Prints one object by name for each time; after the first time, only ramps are asked. Flypper is asked
if the base key is the usual one.
"""

import json
import sys
from datetime import datetime

from flipper import CachedFeatureFlagStore, FeatureFlagClient, RedisFeatureFlagStore
from flipper.bucketing.percentage import linear_ramp_percentage
from flypper_redis.storage.redis import RedisStorage
from redis import Redis


class FixedClock(datetime):
    """The time of ramps."""

    current = 0.0

    @classmethod
    def now(cls):
        return cls.fromtimestamp(cls.current)


linear_ramp_percentage.datetime = FixedClock


def bits(answers):
    return "".join("1" if answer else "0" for answer in answers)


def main(port, file, base_key, *times):
    redis = Redis(port=int(port))
    with open(file, encoding="utf-8") as opened:
        users = json.load(opened)
    # The values in Flypper are text.
    texts = [{name: value for name, value in user.items() if isinstance(value, str)} for user in users]
    store = RedisFeatureFlagStore(redis, base_key=base_key)
    client = FeatureFlagClient(CachedFeatureFlagStore(store))
    flipper = [flag.name for flag in client.list()]
    # A client of Flypper fails if the first list that it reads has a deleted flag.
    flypper = RedisStorage(redis).list() if base_key == "features" else []
    for time in times:
        FixedClock.current = float(time)
        if time != times[0]:
            flipper, flypper = [name for name in flipper if name.startswith("ramp/")], []
        answers = {name: bits(client.is_enabled(name, **user) for user in users) for name in flipper}
        answers.update({flag.name: bits(flag.is_enabled(**user) for user in texts) for flag in flypper})
        print(json.dumps(answers))


main(*sys.argv[1:])
