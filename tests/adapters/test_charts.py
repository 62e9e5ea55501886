"""Charts: real pictures in both themes, also of what has no data; looked at by their pixels."""

import struct
import zlib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.adapters.charts import Charts
from bot.domain.metrics.metrics import Window
from bot.domain.metrics.pictures import Panel, Picture, Theme
from bot.domain.metrics.trends import Trend, Week
from bot.messages.knowing.pictures import picture

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


@pytest.mark.parametrize(("theme", "ending"), [(Theme.LIGHT, ""), (Theme.DARK, "-dark")])
def test_a_quarter_can_be_looked_at(theme: Theme, ending: str, pictures: Path) -> None:
    # a week: deployments, how many of them failed, days to production, minutes to recovery
    quarter = (
        *((1, 0, 4.5, None), (1, 1, 5.0, 95.0), (2, 0, 3.8, None), (0, 0, None, None)),
        *((2, 0, 3.1, None), (3, 1, 2.6, 52.0), (2, 0, 2.9, None), (3, 0, 2.2, None)),
        *((4, 1, 1.9, 34.0), (3, 0, 1.6, None), (4, 0, 1.4, 21.0), (5, 0, 1.1, None)),
    )
    start = datetime(2024, 1, 1, tzinfo=UTC)
    end = start + timedelta(weeks=len(quarter))
    weeks = tuple(
        Week(
            monday=date(2024, 1, 1) + timedelta(weeks=number),
            deployments=changes - failed,
            changes=changes,
            failed=failed,
            lead=lead and lead * 24 * 60,
            recovery=recovery,
        )
        for number, (changes, failed, lead, recovery) in enumerate(quarter)
    )
    window = Window(start=start, end=end, as_of=end)
    found = Trend(service="app", environment="production", window=window, weeks=weeks)
    png = Charts().paint(picture(found), theme)

    (pictures / f"chart{ending}.png").write_bytes(png)
    assert 20_000 < len(png) < 400_000
    assert pixels(png)[:2] == (1080, 1674)
