"""Incidents in gonogo.yaml: how long people wait for news, and where the playbook is."""

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field

from bot.config.paging import KumaConfig, PagingConfig
from bot.config.part import Part
from bot.domain.incidents.incidents import Severity


def _long_enough(span: timedelta) -> timedelta:
    if span < timedelta(minutes=5):
        raise ValueError("must be five minutes or more: people are reminded three minutes before")
    return span


Pause = Annotated[timedelta, AfterValidator(_long_enough)]


class CadenceConfig(Part):
    """How long people wait for news of an incident, by severity."""

    outage: Pause = timedelta(minutes=15)
    major: Pause = timedelta(minutes=15)
    moderate: Pause = timedelta(minutes=30)
    minor: Pause = timedelta(minutes=60)

    def of(self, severity: Severity) -> timedelta:
        """The cadence of one severity."""
        match severity:
            case Severity.OUTAGE:
                return self.outage
            case Severity.MAJOR:
                return self.major
            case Severity.MODERATE:
                return self.moderate
            case Severity.MINOR:
                return self.minor


class IncidentConfig(Part):
    """How incidents are dealt with."""

    cadence: CadenceConfig = CadenceConfig()
    playbook: str | None = Field(default=None, description="address of the team's playbook")
    own_channel: bool = Field(default=False, description="each gets a channel as its room")
    paging: PagingConfig = PagingConfig()
    uptime_kuma: KumaConfig = KumaConfig()
