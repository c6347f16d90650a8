"""Flipper's Thrift service with the generated code and the store in memory of flipper-client. Arguments: the files of TLS: authority,
certificate, key. Prints its port."""

import json
import socket
import ssl
import sys

from flipper import Condition, MemoryFeatureFlagStore, ThriftRPCFeatureFlagStore
from flipper.bucketing import ConsistentHashPercentageBucketer, LinearRampPercentage, Percentage
from flipper.contrib.storage import FeatureFlagStoreMeta
from flipper.exceptions import FlagDoesNotExistError
from flipper_thrift.python.feature_flag_store import FeatureFlagStore, ttypes
from thrift.protocol import TBinaryProtocol
from thrift.server import TServer
from thrift.transport import TSocket, TSSLSocket, TTransport

USERS = 500


class Handler:
    def __init__(self, store):
        self.store = store
        self.convert = ThriftRPCFeatureFlagStore(None)

    def item(self, name):
        item = self.store.get(name)
        if item is None:
            raise ttypes.FlipperException(ttypes.ErrorCode.NOT_FOUND, "no such flag")
        meta = self.convert._convert_meta_to_tmeta(FeatureFlagStoreMeta.from_dict(item.meta))
        return ttypes.FeatureFlagStoreItem(name, item.raw_is_enabled, meta)

    def Create(self, name, is_enabled, client_data):
        self.store.create(name, is_enabled, json.loads(client_data))
        return self.item(name)

    def Get(self, name):
        return self.item(name)

    def Set(self, name, is_enabled):
        self.store.set(name, is_enabled)

    def Delete(self, name):
        self.store.delete(name)

    def List(self, limit, offset):
        return [self.item(item.feature_name) for item in self.store.list(limit, offset)]

    def SetMeta(self, name, meta):
        try:
            self.store.set_meta(name, self.convert._convert_tmeta_to_meta(meta))
        except FlagDoesNotExistError as error:
            raise ttypes.FlipperException(ttypes.ErrorCode.NOT_FOUND, str(error))


def seed(store):
    meta = lambda **fields: FeatureFlagStoreMeta(1514764800, **fields)
    consistent = lambda percentage: ConsistentHashPercentageBucketer(key_whitelist=["user_id"], percentage=percentage)
    for name, fields in {
        "half": {"bucketer": consistent(Percentage(0.5)), "client_data": {"team": "cart"}},
        "ramp": {"bucketer": consistent(LinearRampPercentage(0.2, 0.8, 1_000, 1514764800))},
        "pro": {"conditions": [Condition(plan="pro", age__gte=18)]},
        "all": {},
        # feats has no names of this length.
        "x" * 300: {},
    }.items():
        store.create(name, True)
        store.set_meta(name, meta(**fields))


def answers(store):
    return {
        item.feature_name: "".join(
            "01"[item.is_enabled(user_id=user, plan=("pro", "free")[user % 2], age=user % 40)] for user in range(USERS)
        )
        for item in store.list()
    }


def server_socket(files):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    if not files:
        return port, TSocket.TServerSocket("127.0.0.1", port)
    authority, certificate, key = files
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.load_verify_locations(authority)
    context.verify_mode = ssl.CERT_REQUIRED
    return port, TSSLSocket.TSSLServerSocket("127.0.0.1", port, ssl_context=context)


if __name__ == "__main__":
    store = MemoryFeatureFlagStore()
    seed(store)
    port, transport = server_socket(sys.argv[1:])
    transport.listen()
    transport.listen = lambda: None
    print(port, flush=True)
    TServer.TThreadedServer(
        FeatureFlagStore.Processor(Handler(store)),
        transport,
        TTransport.TBufferedTransportFactory(),
        TBinaryProtocol.TBinaryProtocolFactory(),
        daemon=True,
    ).serve()
