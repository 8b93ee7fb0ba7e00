"""Draws the app's icons: a shield with a person in it, and a warning dot.

`python tools/icons.py` writes the PNGs that are checked in under `package/`. Sizes are Splunk's:
appIcon 36, appIcon_2x 72, the same twice as appIconAlt (white on nothing, for the app bar), alert action 48.
"""

from __future__ import annotations

import math
import struct
import zlib
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "package"
SAMPLES = 6  # a side, for each pixel: smooth edges

Colour = tuple  # red, green, blue, alpha: 0 to 1
NOTHING = (0.0, 0.0, 0.0, 0.0)
NIGHT = (0.06, 0.13, 0.30, 1.0)
SEA = (0.05, 0.42, 0.55, 1.0)
WHITE = (1.0, 1.0, 1.0, 1.0)
AMBER = (1.0, 0.62, 0.11, 1.0)


def in_tile(x: float, y: float) -> bool:
    """The rounded square behind everything; the picture is one unit wide and high, y downwards."""
    corner = 0.2
    dx = max(abs(x - 0.5) - (0.5 - corner), 0.0)
    dy = max(abs(y - 0.5) - (0.5 - corner), 0.0)
    return math.hypot(dx, dy) <= corner


def in_shield(x: float, y: float) -> bool:
    top, shoulder, tip, half = 0.14, 0.48, 0.88, 0.31
    if y < top + 0.3 * abs(x - 0.5) * abs(x - 0.5) or y > tip:
        return False
    width = half if y <= shoulder else half * math.sqrt(max(0.0, 1 - ((y - shoulder) / (tip - shoulder)) ** 1.7))
    return abs(x - 0.5) <= width


def in_person(x: float, y: float) -> bool:
    head = math.hypot(x - 0.5, y - 0.37) <= 0.105
    body = math.hypot((x - 0.5) / 0.19, (y - 0.71) / 0.205) <= 1 and y <= 0.67
    return head or body


def around_dot(x: float, y: float) -> float:
    return math.hypot(x - 0.79, y - 0.22)


def app_icon(x: float, y: float) -> Colour:
    if not in_tile(x, y):
        return NOTHING
    if around_dot(x, y) <= 0.115:
        return AMBER
    if in_shield(x, y) and not in_person(x, y) and around_dot(x, y) > 0.16:
        return WHITE
    return tuple(a + (b - a) * (x + y) / 2 for a, b in zip(NIGHT, SEA))


def bar_icon(x: float, y: float) -> Colour:
    if around_dot(x, y) <= 0.115:
        return WHITE
    return WHITE if in_shield(x, y) and not in_person(x, y) and around_dot(x, y) > 0.16 else NOTHING


def pixel(picture, column: int, row: int, size: int) -> bytes:
    """The mean of the samples in one pixel; colours weigh by their alpha, so edges do not darken."""
    total = [0.0, 0.0, 0.0, 0.0]
    for i in range(SAMPLES):
        for j in range(SAMPLES):
            *rgb, alpha = picture((column + (i + 0.5) / SAMPLES) / size, (row + (j + 0.5) / SAMPLES) / size)
            for channel, value in enumerate(rgb):
                total[channel] += value * alpha
            total[3] += alpha
    rgb = [value / total[3] if total[3] else 0.0 for value in total[:3]]
    return bytes(round(255 * value) for value in (*rgb, total[3] / SAMPLES**2))


def png(picture, size: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(
        b"\0" + b"".join(pixel(picture, column, row, size) for column in range(size)) for row in range(size)
    )
    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)  # 8 bits a channel, RGBA
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


if __name__ == "__main__":
    for path, picture, size in [
        ("static/appIcon.png", app_icon, 36),
        ("static/appIcon_2x.png", app_icon, 72),
        ("static/appIconAlt.png", bar_icon, 36),
        ("static/appIconAlt_2x.png", bar_icon, 72),
        ("appserver/static/alerticon.png", app_icon, 48),
    ]:
        (PACKAGE / path).write_bytes(png(picture, size))
