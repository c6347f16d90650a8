"""Measures decisions: the CPU time of a decision, as the median of several batches.

Each line of the output has three fields that are separated by tabs: the workload, the engine and the nanoseconds of a decision.
"""

import random
from statistics import median
from time import thread_time_ns

ENABLED = "enabled, no rule"
EQUALITY = "one equality, attributes built from a user"
ROLLOUT = "country and 5% by an integer id"
LISTED = "a list of 10 000 ids, match"
NOT_LISTED = "the same, no match"

BATCHES = 15
DECISIONS = 5_000

_random = random.Random(7)
IDS = [_random.randrange(10**15, 2 * 10**15) for _ in range(10_000)]
COUNTRIES = ("CA", "US", "NZ")


class User:
    """A user of a program."""

    def __init__(self, id, country):
        self.id = id
        self.country = country
        self.plan = "professional"
        self.email = f"user-{id}@example.com"


def users(listed=False):
    """Returns the users for whom a workload decides in turn."""
    ids = _random.sample(IDS, 256) if listed else [_random.randrange(9 * 10**15, 10**16) for _ in range(256)]
    return [User(id, COUNTRIES[index % 3]) for index, id in enumerate(ids)]


def measure(workload, engine, subjects, decide):
    """Prints the time of a decision. A search of a long list takes so long that its batches are smaller."""
    count = DECISIONS // 10 if workload in (LISTED, NOT_LISTED) else DECISIONS
    batch = [subjects[index % len(subjects)] for index in range(count)]
    times = []
    for _ in range(BATCHES):
        begin = thread_time_ns()
        for subject in batch:
            decide(subject)
        times.append((thread_time_ns() - begin) / count)
    print(f"{workload}\t{engine}\t{median(times):.1f}")
