"""Faults that were asked for: what goes wrong, where, and how many times."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass

from sandbox.events import Events

SYSTEMS = frozenset(
    [
        "slack",
        "github",
        "health",
        "vercel",
        "digitalocean",
        "ssh",
        "kuma",
        "posthog",
        "sentry",
        "bugsink",
        "pagerduty",
        "statuspage",
    ]
)
EDGE_KINDS = frozenset(
    [
        "status",
        "timeout",
        "reset_before",
        "reset_after_apply",
        "status_after_apply",
        "slow",
        "bad_json",
        "rate_limit",
    ]
)
DOMAIN_KINDS = frozenset({"list_lag", "no_run_id", "webhooks", "cut"})
STATUS = re.compile(r"[2-5]\d\d(:retry_after=\d+)?")
SECONDS = re.compile(r"\d+(\.\d+)?")
NOTHING = re.compile("")
ARGS = {  # what stands behind the colon, with an example
    "status": (STATUS, "status:502 or status:429:retry_after=3"),
    "status_after_apply": (STATUS, "status_after_apply:502"),
    "slow": (SECONDS, "slow:3"),
    "cut": (SECONDS, "cut:0.5"),
    "list_lag": (SECONDS, "list_lag:95"),
    "webhooks": (re.compile("drop|duplicate|shuffle"), "webhooks:drop"),
}


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong: `status_after_apply:502` is kind and arg."""

    kind: str
    arg: str | None

    @classmethod
    def parse(cls, text: str) -> Fault:
        """Raises ValueError for an unknown kind, and for one that misses what belongs to it."""
        kind, _, arg = text.partition(":")
        if kind not in EDGE_KINDS | DOMAIN_KINDS:
            raise ValueError(f"unknown kind of fault: {kind}")
        form, example = ARGS.get(kind, (NOTHING, kind))
        if not form.fullmatch(arg):
            raise ValueError(f"{text} is no fault such as {example}")
        return cls(kind, arg or None)

    def __str__(self) -> str:
        return f"{self.kind}:{self.arg}" if self.arg else self.kind


@dataclass
class _Order:
    system: str
    fault: Fault
    path: str
    method: str | None
    count: int
    after: int

    def as_dict(self) -> dict[str, object]:
        row = vars(self) | {"kind": str(self.fault)}
        del row["fault"]
        return row

    def matches(self, system: str, method: str, path: str, kinds: Container[str] | None) -> bool:
        return (
            self.system == system
            and self.path in path
            and self.method in (None, method.upper())
            and (kinds is None or self.fault.kind in kinds)
        )


class Faults:
    """The faults still to happen, in the order in which they were asked for."""

    def __init__(self, events: Events) -> None:
        self._events = events
        self._orders: list[_Order] = []

    def add(
        self,
        *,
        system: str,
        kind: str,
        path: str = "",
        method: str | None = None,
        count: int = 1,
        after: int = 0,
    ) -> None:
        """Let `kind` happen to `count` matching requests, after `after` of them went well.

        Raises ValueError for an unknown system or kind, and for a count of none.
        """
        if system not in SYSTEMS:
            raise ValueError(f"unknown system: {system}")
        if count < 1 or after < 0:
            raise ValueError("count begins at 1, after at 0")
        fault = Fault.parse(kind)
        verb = method.upper() if method else None
        self._orders.append(_Order(system, fault, path, verb, count, after))
        self._events.publish("fault")

    def clear(self) -> None:
        self._orders.clear()
        self._events.publish("fault")

    def take(
        self, system: str, method: str, path: str, *, kinds: Container[str] | None = None
    ) -> Fault | None:
        """The fault that this request meets; uses one count of it up."""
        for order in self._orders:
            if not order.matches(system, method, path, kinds):
                continue
            if order.after:
                order.after -= 1
                continue
            order.count -= 1
            if not order.count:
                self._orders.remove(order)
                self._events.publish("fault")
            return order.fault
        return None

    def pending(self) -> list[dict[str, object]]:
        """What is still to happen, as rows."""
        return [order.as_dict() for order in self._orders]
