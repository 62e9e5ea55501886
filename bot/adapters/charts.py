"""Charts: pictures drawn by matplotlib, which is imported when the first one is wanted."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.errors import Declined
from bot.domain.metrics.pictures import Panel, Picture, Theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEADING, PANEL = 6.0, 0.9, 2.1  # inches
DPI = 180
MARGIN = 0.035
"""The share of the width that the outermost points keep from the edge, for the words below them."""

MOST_LABELS, MOST_POINTS = 6, 26
MOST_VALUES = 14
"""As many values as can be written beside their points and still be read on a phone."""


@dataclass(frozen=True, slots=True)
class _Colours:
    """Blue and orange are told apart by everybody, whatever they see of red and green."""

    paper: str
    ink: str
    faint: str
    value: str
    goal: str


_THEMES = {
    Theme.LIGHT: _Colours("#ffffff", "#1d1c1d", "#d0d3d6", "#0072b2", "#b45309"),
    Theme.DARK: _Colours("#1a1d21", "#e8e8e8", "#4a4d52", "#56b4e9", "#f0a830"),
}


class Charts:
    """Charts below one another, as wide as a phone (`bot.ports.Painter`)."""

    def paint(self, picture: Picture, theme: Theme) -> bytes:
        """A PNG. Declined where matplotlib is not installed."""
        try:
            from matplotlib.backends.backend_agg import FigureCanvasAgg
            from matplotlib.figure import Figure
        except ImportError:
            text = "matplotlib is not there; install gonogo with its extra “charts”"
            raise Declined("charts", text) from None
        colours = _THEMES[theme]
        height = HEADING + PANEL * len(picture.panels)
        figure = Figure(figsize=(WIDTH, height), dpi=DPI, facecolor=colours.paper)
        FigureCanvasAgg(figure)
        figure.text(
            0.05,
            1 - 0.32 / height,
            _plain(picture.title),
            size=17,
            weight="bold",
            color=colours.ink,
            va="center",
        )
        figure.text(
            0.05,
            1 - 0.66 / height,
            _plain(picture.subtitle),
            size=11.5,
            color=colours.ink,
            va="center",
        )
        every = figure.subplots(len(picture.panels), 1, squeeze=False)
        figure.subplots_adjust(
            left=0.11,
            right=0.96,
            top=1 - (HEADING + 0.35) / height,
            bottom=0.45 / height,
            hspace=0.75,
        )
        for axes, panel in zip(every[:, 0], picture.panels, strict=True):
            _draw(axes, panel, colours)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", facecolor=colours.paper)
        return buffer.getvalue()


def _draw(axes: Axes, panel: Panel, colours: _Colours) -> None:
    from matplotlib.patheffects import withStroke

    axes.set_facecolor(colours.paper)
    axes.set_title(_plain(panel.title), loc="left", size=13, weight="bold", color=colours.ink)
    known = [(place, value) for place, value in enumerate(panel.values) if value is not None]
    for name, spine in axes.spines.items():
        spine.set_visible(name == "bottom" and (panel.is_bars or not known))
        spine.set_color(colours.faint)
    axes.tick_params(colors=colours.ink, labelsize=11, length=0, pad=5)
    axes.grid(axis="y", color=colours.faint, linewidth=0.6)
    axes.set_axisbelow(True)
    aside = max(0.6, len(panel.values) * MARGIN)
    axes.set_xlim(-aside, max(len(panel.values), 1) - 1 + aside)
    top = max([value for _, value in known] + [panel.goal or 0.0, 1e-9])
    # A point at zero stands clear of the words below it.
    axes.set_ylim(0 if panel.is_bars else -0.08 * top, top * 1.3)
    axes.locator_params(axis="y", nbins=4)
    step = -(-len(panel.labels) // MOST_LABELS) or 1
    shown = range((len(panel.labels) - 1) % step, len(panel.labels), step)
    axes.set_xticks(list(shown), [_plain(panel.labels[place]) for place in shown])
    if not known:
        axes.set_yticks([])
        axes.text(
            0.5,
            0.5,
            "no data",
            transform=axes.transAxes,
            size=12,
            ha="center",
            va="center",
            color=colours.ink,
        )
        return
    if panel.is_bars:
        axes.bar([p for p, _ in known], [v for _, v in known], width=0.7, color=colours.value)
    else:
        _line(axes, panel.values, colours)
    if len(known) <= MOST_VALUES:
        for place, value in known:
            axes.annotate(
                f"{value:.{panel.decimals}f}{panel.unit}",
                (place, value),
                xytext=(0, 4 if panel.is_bars else 7),
                textcoords="offset points",
                ha="center",
                size=10.5,
                color=colours.ink,
                path_effects=[withStroke(linewidth=3, foreground=colours.paper)],
            )
    if panel.goal is not None:
        axes.axhline(
            panel.goal,
            color=colours.goal,
            linestyle=(0, (4, 2)),
            linewidth=1.8,
            zorder=3 if panel.is_bars else 1.5,
        )
        axes.set_title(_plain(panel.goal_text), loc="right", size=10.5, color=colours.goal)


def _line(axes: Axes, values: Sequence[float | None], colours: _Colours) -> None:
    """A line with a point for each week, a smaller one for many; a week without data is a gap."""
    heights = [float("nan") if value is None else value for value in values]
    is_dense = len(heights) > MOST_POINTS
    axes.plot(
        range(len(heights)),
        heights,
        color=colours.value,
        linewidth=1.6 if is_dense else 2.2,
        marker="o",
        markersize=3 if is_dense else 5.5,
        clip_on=False,
    )


def _plain(text: str) -> str:
    """Names are no formulas."""
    return text.replace("$", r"\$")
