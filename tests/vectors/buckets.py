"""Computes buckets.json: the slots of units in the buckets of flipper-client and Flypper.

Needs only Python's hashlib and json, and the reference C library of XXH3:

    pip install xxhash==4.1.0 && python tests/vectors/buckets.py > tests/vectors/buckets.json
"""

import hashlib
import json
import math

import xxhash

SLOTS = 1_000_000
SEEDS = ["9f3k2m7q1x8c4v5b", "s"]
ABOUT = (
    "The bytes of a unit determine its bucket: SHA-1 modulo 100 for flipper, MD5 modulo 10000 for flypper, both as big-endian "
    "integers. The bytes of flipper are json.dumps of the pairs of names and values, sorted by name, of the attributes in `by` that "
    "the subject has ([]: all attributes). Bucket b of n owns the slots from b * 1000000 // n to before (b + 1) * 1000000 // n, and "
    "slot = start + ((xxh3_64_with_seed(bytes, xxh3_64(seed)) * width) >> 64). An attribute `{\"float\": text}` is a number that JSON "
    "does not have. Computed by buckets.py."
)


def span(bucket, buckets):
    return bucket * SLOTS // buckets, (bucket + 1) * SLOTS // buckets


def native(data, seed):
    return xxhash.xxh3_64_intdigest(data, xxhash.xxh3_64_intdigest(seed.encode()))


def slot(bucket, buckets, hashed):
    start, end = span(bucket, buckets)
    return start + (hashed * (end - start) >> 64)


def attribute(value):
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": str(value)}
    return value


def located(data, digest, buckets):
    bucket = int(digest, 16) % buckets
    slots = {seed: slot(bucket, buckets, native(data, seed)) for seed in SEEDS}
    return {"bytes": data.decode(), "bucket": bucket, "slots": slots}


def flipper(by, attributes):
    pairs = sorted((key, value) for key, value in attributes.items() if not by or key in by)
    data = json.dumps(pairs).encode()
    shown = {key: attribute(value) for key, value in attributes.items()}
    return {"by": by, "attributes": shown, **located(data, hashlib.sha1(data).hexdigest(), 100)}


def flypper(value, data):
    return {"id": value, **located(data, hashlib.md5(data).hexdigest(), 10_000)}


def flippers():
    for unit in [1, 2, 3, 0, -7, 42, 2**53, -(2**53), 2**63 - 1, -(2**63), 2**63, 2**64 - 1]:
        yield flipper(["user"], {"user": unit})
    floats = [
        1.0, -1.0, 0.0, -0.0, 0.1, 0.5, 1.5, 1 / 3, 100.0, 123456.789, 1e-4, 0.00012345, 9.9999e-5, 1e-5, 1.5e-5, -1.5e-5, 1e-10,
        1e15, 1234567890123456.0, 9007199254740993.0, 9999999999999998.0, 1e16, 1.2345678901234567e16, -1e16, 1e17, 1e21, 1e22, 1e23,
        1e100, 1e-100, 2.0**-25, 2.0**-1017, 1125899906842624.25, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, math.inf, -math.inf, math.nan,
    ]
    for unit in floats:
        yield flipper(["user"], {"user": unit})
    texts = [
        "", "1", "1.0", "true", "user-1", "Ada Lovelace", "é", "日本語", "\U0001f600", "a\U0001f468\u200d\U0001f469b", "\U0010ffff",
        "\ud7ff\ue000\uffff", "\x7f", "\x80", "\x00", "\x1f", "\b\t\n\v\f\r", '"', "\\", "\\u00e9", "/", "'", "<&>", "\u2028\u2029", "~",
        " ", "x" * 15, "x" * 300,
    ]
    for unit in texts:
        yield flipper(["user"], {"user": unit})
    for unit in [True, False]:
        yield flipper(["user"], {"user": unit})
    yield flipper(["user"], {})
    yield flipper(["user"], {"other": 1})
    yield flipper([], {})
    yield flipper([], {"b": 1, "a": "x", "é": 0.5, "Z": True, "\U0001f600": False, "\uffff": -3})
    yield flipper([], {"user": 1, "plan": "pro"})
    yield flipper(["user", "plan"], {"user": 1, "plan": "pro", "ignored": 2})
    yield flipper(["plan", "user"], {"user": 1, "plan": "pro"})
    yield flipper(["user", "plan"], {"plan": "pro"})
    yield flipper(["user", "plan", "country"], {"country": "CA", "user": 2.0})
    yield flipper(["a\"b", "\n", "é"], {"a\"b": 1, "\n": 2, "é": 3})
    yield flipper(["foo", "herp", "derp"], {"foo": "bar", "herp": 99, "derp": False})
    sixteen = {f"key {index}": value for index, value in enumerate(floats[:8] + texts[:8])}
    yield flipper(list(sixteen), sixteen)


def flyppers():
    for unit in [
        "6393", "42", "1", "", "0", "Ada", "é", "日本語", "\U0001f600", "\x00", "\x7f", '"', "\\", " ", "true", "1.0", "x" * 55,
        "x" * 56, "x" * 64, "x" * 300, "00000000-0000-4000-8000-000000000042",
    ]:
        yield flypper(unit, unit.encode())
    for unit in [42, -7, 0, 2**64 - 1, -(2**63)]:
        yield flypper(unit, str(unit).encode())
    for unit in [True, False]:
        yield flypper(unit, str(unit).lower().encode())


def buckets():
    for count in [1, 2, 3, 7, 100, 128, 1000, 9_999, 10_000, 333_333, 999_999, SLOTS]:
        for bucket in sorted({0, 1 % count, count // 3, count // 2, count - 1}):
            first, end = span(bucket, count)
            hashes = [0, 1 << 63, 0x2D29CD4FC0A8A132, (1 << 64) - 1]
            slots = {f"{hashed:016x}": slot(bucket, count, hashed) for hashed in hashes}
            yield {"buckets": count, "bucket": bucket, "first": first, "end": end, "slots": slots}


def main():
    groups = {"flipper": list(flippers()), "flypper": list(flyppers()), "buckets": list(buckets())}
    lines = [f'{{"about": {json.dumps(ABOUT)}']
    for name, vectors in groups.items():
        lines.append(f',"{name}": [\n' + ",\n".join(map(json.dumps, vectors)) + "\n]")
    print("\n".join(lines) + "}")


main()
