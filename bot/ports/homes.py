"""The homes' part of the store port."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.metrics.homes import Figures, Home


class HomeTx(Protocol):
    """App Homes, and the figures on them, within one transaction."""

    def want_home(self, slack_id: str) -> None:
        """Somebody looks at their Home, or what it says has changed: show it at once."""

    def home(self, slack_id: str) -> Home | None: ...
    def keep_home(self, home: Home) -> None:
        """Note what is shown, unless somebody looked again meanwhile."""

    def homes_due(self, now: datetime) -> tuple[str, ...]: ...
    def keep_figures_of(self, places: Collection[tuple[str, str]]) -> None:
        """Forget those of every place that is not among these services and environments."""

    def keep_figures(self, figures: Sequence[Figures]) -> None:
        """Replace what was measured of these places before."""

    def figures(self) -> tuple[Figures, ...]: ...
