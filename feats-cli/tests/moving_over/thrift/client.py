"""flipper-client with its own generated Thrift client. Arguments: the port, what to do, and the files of TLS: authority, certificate, key."""

import json
import ssl
import sys

from flipper import Condition, FeatureFlagClient, ThriftRPCFeatureFlagStore
from flipper.bucketing import ConsistentHashPercentageBucketer, Percentage
from flipper.exceptions import FlagDoesNotExistError
from flipper_thrift.python.feature_flag_store import FeatureFlagStore, ttypes
from thrift.protocol import TBinaryProtocol
from thrift.Thrift import TApplicationException
from thrift.transport import TSocket, TSSLSocket, TTransport


def connect(port, files):
    if files:
        authority, certificate, key = files
        socket = TSSLSocket.TSSLSocket(
            "127.0.0.1", port, cert_reqs=ssl.CERT_REQUIRED, ca_certs=authority, certfile=certificate, keyfile=key
        )
    else:
        socket = TSocket.TSocket("127.0.0.1", port)
    transport = TTransport.TBufferedTransport(socket)
    transport.open()
    return FeatureFlagStore.Client(TBinaryProtocol.TBinaryProtocol(transport))


def use(client):
    """Makes all six calls."""
    store = ThriftRPCFeatureFlagStore(client)
    flags = FeatureFlagClient(store)
    flag = flags.create("A", is_enabled=True, client_data={"team": "cart"})
    assert flag.get_client_data() == {"team": "cart"}
    flag.set_bucketer(ConsistentHashPercentageBucketer(key_whitelist=["user_id"], percentage=Percentage(0.3)))
    flags.create("B").add_condition(Condition(plan="pro", age__gte=18))
    flags.get("B").enable()
    flags.create("C", is_enabled=True).disable()
    flags.create("D").destroy()
    assert [item.feature_name for item in store.list()] == ["A", "B", "C"]
    assert [item.feature_name for item in store.list(limit=1, offset=1)] == ["B"]
    assert store.get("D") is None
    for call in (client.Get, client.Delete, lambda name: client.Set(name, True)):
        try:
            call("D")
            raise AssertionError("the flag is missing")
        except ttypes.FlipperException as error:
            assert error.code == ttypes.ErrorCode.NOT_FOUND
    try:
        store.set_meta("D", store._convert_tmeta_to_meta(client.Get("A").meta))
        raise AssertionError("the flag is missing")
    except FlagDoesNotExistError:
        pass
    answers = {
        "A": [flags.is_enabled("A", user_id=user) for user in range(500)],
        "B": [flags.is_enabled("B", plan=plan, age=age) for plan in ("pro", "free") for age in (17, 18)],
        "C": [flags.is_enabled("C")],
    }
    print(json.dumps(answers))


def refused(client):
    """Reads, and makes every write, which the service refuses."""
    meta = client.Get("A").meta
    writes = [
        lambda: client.Create("B", True, "{}"),
        lambda: client.Set("A", False),
        lambda: client.SetMeta("A", meta),
        lambda: client.Delete("A"),
    ]
    messages = []
    for write in writes:
        try:
            write()
        except TApplicationException as error:
            messages.append(error.message)
    print(json.dumps(messages))


if __name__ == "__main__":
    port, action, *files = sys.argv[1:]
    {"use": use, "refused": refused}[action](connect(int(port), files))
