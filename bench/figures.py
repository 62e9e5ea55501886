"""Figures: times in milliseconds, their middle and their tail, as rows of a table."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figures:
    """What was measured under one name; `times` in milliseconds, at least one."""

    name: str
    times: Sequence[float]
    clients: int = 1
    goal: str = ""

    @property
    def p50(self) -> float:
        """The middle."""
        return self._at(0.50)

    @property
    def p99(self) -> float:
        """The tail; with fewer than a hundred times the longest."""
        return self._at(0.99)

    def _at(self, share: float) -> float:
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def show(title: str, rows: Sequence[Figures]) -> None:
    """Print a table; the first row is the baseline that the ratios are against."""
    write(f"\n{title:<44} {'clients':>7} {'n':>6} {'p50 ms':>8} {'p99 ms':>8} {'× bare':>7}  goal")
    for row in rows:
        ratio = row.p50 / rows[0].p50
        write(
            f"{row.name:<44} {row.clients:>7} {len(row.times):>6} {row.p50:>8.2f} {row.p99:>8.2f}"
            f" {ratio:>7.1f}  {row.goal}"
        )


def write(line: str) -> None:
    """A line on stdout."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
