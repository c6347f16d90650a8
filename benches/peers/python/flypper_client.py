"""The workloads in Flypper, with its flags in memory and a context for each request."""

from flypper.client import Client
from flypper.storage.in_memory import InMemoryStorage

from measure import ENABLED, EQUALITY, IDS, LISTED, NOT_LISTED, ROLLOUT, measure, users

ENGINE = "Flypper (Python)"


def flag(name, actors=None, percentage=None):
    """Creates an enabled flag for some values of an entry, and for a percentage of the values of another one."""
    storage.upsert({
        "name": name,
        "deleted": False,
        "enabled": True,
        "enabled_for_actors": actors and {"actor_key": actors[0], "actor_ids": actors[1]},
        "enabled_for_percentage_of_actors": percentage and {"actor_key": percentage[0], "percentage": percentage[1]},
    })


storage = InMemoryStorage()
flag("enabled")
flag("equality", ("country", ["CA"]))
flag("canary", ("country", ["CA"]), ("user_id", 5.0))
flag("listed", ("user_id", [str(id) for id in IDS]))
client = Client(storage, ttl=1e9)


def contexts(listed=False):
    """Returns the contexts of requests, which have taken the flags."""
    made = [client(user_id=str(user.id), country=user.country) for user in users(listed)]
    for context in made:
        context.is_enabled("enabled")
    return made


measure(ENABLED, ENGINE, contexts(), lambda context: context.is_enabled("enabled"))
measure(EQUALITY, ENGINE, users(), lambda user: client(country=user.country).is_enabled("equality"))
measure(ROLLOUT, ENGINE, contexts(), lambda context: context.is_enabled("canary"))
measure(LISTED, ENGINE, contexts(True), lambda context: context.is_enabled("listed"))
measure(NOT_LISTED, ENGINE, contexts(), lambda context: context.is_enabled("listed"))
