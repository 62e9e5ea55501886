"""Charts: real pictures in both themes, also of what has no data; looked at by their pixels."""

import struct
import zlib

import pytest

from bot.adapters.charts import Charts
from bot.domain.metrics.pictures import Panel, Picture, Theme

WEEKS = tuple(f"{number} Mar" for number in range(1, 9))
SHOWN = Picture(
    title="a$b$ production",
    subtitle="1 to 28 Mar 2024",
    panels=(
        Panel(
            title="Bars",
            labels=WEEKS,
            values=(1.0, 2.0, 0.0, None, 4.0, 3.0, 2.0, 1.0),
            is_bars=True,
            goal=2.0,
            goal_text="goal",
        ),
        Panel(title="Line", labels=WEEKS, values=(None,) * 8),
        Panel(title="One", labels=WEEKS[:1], values=(3.0,)),
    ),
)


def pixels(png: bytes) -> tuple[int, int, bytes]:
    """Width, height, and the top left pixel of a PNG with eight bits a channel."""
    width, height, depth, kind = struct.unpack(">IIBB", png[16:26])
    assert (depth, kind) == (8, 6)
    start = png.index(b"IDAT")
    (length,) = struct.unpack(">I", png[start - 4 : start])
    first = zlib.decompressobj().decompress(png[start + 4 : start + 4 + length], 5)
    return width, height, first[1:4]


@pytest.mark.parametrize(
    ("theme", "paper"), [(Theme.LIGHT, (255, 255, 255)), (Theme.DARK, (26, 29, 33))]
)
def test_a_picture_is_as_wide_as_a_phone_needs_it(
    theme: Theme, paper: tuple[int, int, int]
) -> None:
    png = Charts().paint(SHOWN, theme)
    width, height, corner = pixels(png)
    assert width == 1080
    assert height == pytest.approx(180 * (0.9 + 3 * 2.1), abs=1)
    assert tuple(corner) == paper


def test_the_values_are_drawn() -> None:
    bare = Picture(
        title=SHOWN.title,
        subtitle=SHOWN.subtitle,
        panels=(
            Panel(title="Bars", labels=WEEKS, values=(None,) * 8, is_bars=True),
            *SHOWN.panels[1:],
        ),
    )
    assert Charts().paint(SHOWN, Theme.LIGHT) != Charts().paint(bare, Theme.LIGHT)
