"""Dry runs: each person has one at a time in a place, so that asking again starts nothing anew."""

from bot.domain.deployments.deployments import Deployment
from bot.domain.errors import Refusal


def may_try(under_way: Deployment | None) -> None:
    """Refuse a dry run to whoever still waits for what one found there."""
    if under_way is not None:
        raise Refusal(
            "dry_run_under_way",
            "Your dry run {name} of {service} {version} → {environment}, asked for {when}, is "
            "still under way. What it finds I tell you by myself; ask again after that, or look "
            "how far it is by {deployments} show {name}.",
            name=under_way.name,
            service=under_way.service,
            version=under_way.label,
            environment=under_way.environment,
            when=under_way.requested_at,
        )
