"""Figures: the metrics as plain values for machines, and as lines for a terminal."""

from dataclasses import asdict
from typing import Any

from bot.domain.metrics.measures import Measures


def as_plain(found: Measures) -> dict[str, Any]:
    """The metrics in the fixed form of `gonogo metrics --json`: rates are fractions with four
    decimals, times are minutes with two, and what has no denominator is None. Behind each number
    are the ids that it rests on.
    """
    flow, trouble = found.throughput, found.stability
    return {
        "deployments_live": len(flow.live),
        "live_deployments": list(flow.live),
        "deployments_successful": len(flow.successful),
        "successful_deployments": list(flow.successful),
        "rollbacks": len(flow.rollbacks),
        "rollback_deployments": list(flow.rollbacks),
        "deployments_per_day": _rate(flow.per_day),
        "deployments_per_week": _rate(flow.per_day * 7),
        "median_deploy_days_per_week": flow.deploy_days,
        "lead_median_minutes": _minutes(flow.lead_median),
        "lead_mean_minutes": _minutes(flow.lead_mean),
        "lead_deployments": list(flow.led),
        "lead_skipped_clock_skew": len(flow.skewed),
        "lead_skipped_commits": list(flow.skewed),
        "change_failure_rate": _rate(trouble.failure_rate),
        "change_failure_rate_if_suspects_confirmed": _rate(trouble.if_confirmed),
        "failed_deployments": list(trouble.failed),
        "suspected_deployments": list(trouble.suspected),
        "mttr_mean_minutes": _minutes(trouble.mttr_mean),
        "mttr_median_minutes": _minutes(trouble.mttr_median),
        "fdrt_median_minutes": _minutes(trouble.fdrt_median),
        "recovered_deployments": list(trouble.recovered),
        "fdrt_unrecovered": list(trouble.unrecovered),
        "open_incidents": [[one, _minutes(minutes)] for one, minutes in trouble.open],
        "restored_incidents": list(trouble.restored),
        "rework_rate": _rate(trouble.rework),
        "rework_deployments": list(trouble.reworked),
        "goals": [asdict(goal) | {"value": _rate(goal.value)} for goal in found.goals],
    }


def as_lines(found: Measures) -> str:
    """The same, a line each."""
    plain = as_plain(found)
    told = plain.pop("goals")
    width = max(map(len, plain))
    lines = [f"{name:<{width}}  {_said(value)}" for name, value in plain.items()]
    for goal in told:
        word = {True: "met", False: "missed", None: "open"}[goal["met"]]
        lines.append(f"{goal['name']}, {goal['target']}: {word} ({goal['why']})")
    return "\n".join(lines)


def _said(value: object) -> str:
    if value is None or value == []:
        return "n/a" if value is None else "none"
    if isinstance(value, list):
        return ", ".join(
            str(one) if isinstance(one, str) else f"{one[0]} {one[1]}" for one in value
        )
    return str(value)


def _rate(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _minutes(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
