"""The judges' own modules (judge_*.py) are imported by name."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))


def pytest_sessionfinish():
    if "judge_table" in sys.modules:
        sys.modules["judge_table"].database.cache_clear()
