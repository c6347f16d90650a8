"""Prints the answers of flipper-client for the flags of `server.py`."""

import json

import server
from flipper import MemoryFeatureFlagStore

store = MemoryFeatureFlagStore()
server.seed(store)
print(json.dumps(server.answers(store)))
