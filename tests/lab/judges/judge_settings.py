"""How long the judges look: the same few examples in every test run, many new ones in `./build.sh judge`."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

FACTOR = int(os.environ.get("JUDGE_EXAMPLES", "1"))  # times as many examples as a test run has


def examples(number: int) -> settings:
    """`number` examples, the same at each run; JUDGE_EXAMPLES=50 gives fifty times as many, new at each run."""
    return settings(
        max_examples=number * FACTOR,
        derandomize=FACTOR == 1,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
