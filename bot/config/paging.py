"""How people are woken for an incident, in gonogo.yaml; the pagers are in the environment."""

from typing import Annotated, Literal

from pydantic import Field

from bot.config.part import Part, shape
from bot.domain.incidents.incidents import Severity

GroupId = Annotated[str, shape("S[A-Z0-9]+", "the id of a Slack user group: S012AB3CD")]


class PagingConfig(Part):
    """Whom to wake, and what is left when no pager takes it."""

    severities: tuple[Severity, ...] = Field(
        default=(Severity.OUTAGE, Severity.MAJOR), description="those that wake people"
    )
    group: GroupId | None = Field(
        default=None, description="Slack user group that is mentioned when no pager takes a page"
    )
    escalation_policy: str = Field(
        default="",
        pattern="^[A-Z0-9]*$",
        description="PagerDuty's policy whose first level is on call: PABC123; else any policy's",
    )
    by_hand: str = Field(default="", description="what to do by hand then: call +49 …")


class KumaConfig(Part):
    """What becomes of Uptime Kuma's webhooks."""

    severity: Severity = Field(
        default=Severity.MAJOR, description="of an incident that a monitor opens"
    )
    monitors: dict[str, str] = Field(
        default_factory=dict, description="services by monitor, where the names differ"
    )
    ignore: tuple[str, ...] = Field(
        default=(), description="monitors that are none of this team's: nobody is told of them"
    )


class StatusPageConfig(Part):
    """The page on which the public is told; its account is in the environment."""

    kind: Literal["uptime_kuma", "statuspage"]
    page: str = Field(min_length=1, description="its slug at Uptime Kuma, or id at Statuspage")
    maintenance: bool = Field(
        default=False,
        description="whether deployments to production offer to announce a maintenance there",
    )

    @property
    def lag(self) -> str:
        """How late the page may show a change, as a clause; empty where it does so at once."""
        return "the page may show it in up to 10 minutes" if self.kind == "uptime_kuma" else ""
