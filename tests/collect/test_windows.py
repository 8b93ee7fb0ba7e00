"""The plan of a backfill: what is read, what is not, how it is shared out and remembered."""

from __future__ import annotations

import random

import pytest
from okta_itdr.collect.windows import FIRST, LARGEST, SMALLEST, SPLIT_PAGES, Window, Windows

START, END = 1_700_000_000_000, 1_700_000_000_000 + 90 * 24 * 3600 * 1000


def covered(windows: Windows, read: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """What is read, open or not begun, in order: must be one piece from start to end."""
    left = [(window.since, window.until) for window in windows.open] + [(windows.start, windows.floor)]
    return sorted(piece for piece in [*read, *left] if piece[0] < piece[1])


def is_whole(pieces: list[tuple[int, int]]) -> bool:
    edges = zip(pieces, pieces[1:])
    return pieces[0][0] == START and pieces[-1][1] == END and all(one[1] == other[0] for one, other in edges)


@pytest.mark.parametrize("seed", range(20))
def test_some_moment_would_be_left_out_or_read_twice(seed):
    """Taken, moved on, split, given back, finished, saved and read again, in any order."""
    chance = random.Random(seed)
    windows, read = Windows(START, END), []
    taken: list[Window] = []
    for _ in range(3_000):
        deed = chance.random()
        if deed < 0.4 and len(taken) < 4:
            window = windows.take()
            if window is not None:
                taken.append(window)
        elif taken and deed < 0.9:
            window = chance.choice(taken)
            window.pages += 1
            if chance.random() < 0.5:
                read.append((window.since, window.until))
                windows.finish(window)
                taken.remove(window)
            else:
                moved = chance.randint(window.since, window.until - 1)
                read.append((window.since, moved))
                window.since = moved
                windows.split(window)
        elif taken and deed < 0.95:
            window = taken.pop()
            windows.release(window)
        elif deed > 0.99:
            windows, taken = Windows.read(windows.record()), []
        assert is_whole(covered(windows, read))
        if windows.done:
            break
    assert windows.fraction == pytest.approx(sum(until - since for since, until in read) / (END - START), abs=1e-9)


def test_newest_would_come_last():
    windows = Windows(START, END)
    first, second = windows.take(), windows.take()
    assert (first.until, second.until) == (END, first.since)
    windows.release(first)
    assert windows.take() is first  # what is begun is finished first
    assert windows.take().until == second.since


def test_window_would_be_read_by_two():
    windows = Windows(START, START + FIRST)
    window = windows.take()
    assert windows.take() is None and not windows.done
    windows.split(window)
    other = windows.take()
    assert (window.until, other.since, other.until) == (other.since, START + FIRST // 2, START + FIRST)


def test_quiet_tenant_would_cost_thousands_of_requests_and_a_busy_one_hours_alone():
    quiet = Windows(START, END)
    requests = 0
    while not quiet.done:
        window = quiet.take()
        window.pages = 1
        quiet.finish(window)
        requests += 1
    assert requests < 100 and quiet.size == LARGEST
    busy = Windows(START, END)
    for _ in range(20):
        window = busy.take()
        window.pages = SPLIT_PAGES * 10
        busy.finish(window)
    assert SMALLEST <= busy.size < 60_000


def test_second_would_be_split_for_ever():
    windows = Windows(START, START + 2 * SMALLEST)
    window = windows.take()
    for _ in range(5):
        windows.split(window)
    assert (window.until - window.since, len(windows.open)) == (SMALLEST, 2)
