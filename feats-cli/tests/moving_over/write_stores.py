"""Writes flags with flipper-client and Flypper to one of the stores that are not Redis, and prints each as JSON.

The arguments are the kind of store, and its address.
"""

import json
import sys

from flipper import Condition, FeatureFlagClient
from flipper.bucketing import ConsistentHashPercentageBucketer, Percentage

kind, address = sys.argv[1:]


def postgres():
    from flipper.contrib.postgresql import PostgreSQLFeatureFlagStore

    return PostgreSQLFeatureFlagStore(address)


def s3():
    import boto3
    from flipper.contrib.s3 import S3FeatureFlagStore

    login = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
    return S3FeatureFlagStore(boto3.client("s3", endpoint_url=address, **login), "flags")


def consul():
    from consul import Consul
    from flipper.contrib.consul import ConsulFeatureFlagStore
    from flipper.contrib.storage import FeatureFlagStoreItem

    class Uncached(ConsulFeatureFlagStore):
        """Reads from Consul, where the original reads from a cache that lags behind its own writes."""

        def get(self, feature_name):
            _, pair = self._consul.kv.get(self._make_key(feature_name))
            return pair and FeatureFlagStoreItem.deserialize(pair["Value"])

    return Uncached(Consul(port=int(address)))


def write_flipper(store):
    client = FeatureFlagClient(store)
    client.create("enabled", is_enabled=True, client_data={"owner": "cart", "größe": [1.0, None]})
    client.create("disabled")
    client.create("team/checkout/new", is_enabled=True).add_condition(Condition(plan="pro", horses__gt=3))
    share = ConsistentHashPercentageBucketer(key_whitelist=["user_id"], percentage=Percentage(0.3))
    client.create("share", is_enabled=True).set_bucketer(share)
    for name in ["enabled", "disabled", "team/checkout/new", "share"]:
        print(store.get(name).serialize().decode())


def write_flypper():
    from flypper_sqlalchemy.storage.sqla import SqlAlchemyStorage
    from sqlalchemy import MetaData, create_engine

    metadata, engine = MetaData(), create_engine(address)
    SqlAlchemyStorage.build_flags_table(metadata)
    SqlAlchemyStorage.build_metadata_table(metadata)
    metadata.create_all(engine)
    storage = SqlAlchemyStorage(engine=engine)
    flag = {"deleted": False, "enabled": True, "enabled_for_actors": None, "enabled_for_percentage_of_actors": None}
    actors = {"actor_key": "account", "actor_ids": ["größer", "日本"]}
    share = {"actor_key": "account", "percentage": 33.33}
    for changes in [
        {"name": "enabled"},
        {"name": "disabled", "enabled": False},
        {"name": "actors", "enabled_for_actors": actors},
        {"name": "share", "enabled_for_percentage_of_actors": share},
        {"name": "share", "enabled_for_percentage_of_actors": share, "deleted": True},
    ]:
        storage.upsert({**flag, **changes})
    for flag in storage.list():
        print(json.dumps(dict(flag.data)))


if kind == "flypper":
    write_flypper()
else:
    write_flipper({"postgres": postgres, "s3": s3, "consul": consul}[kind]())
