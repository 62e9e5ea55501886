"""The two kinds of no: a Refusal is a person's to mend, a Fault is ours or the world's."""

COMMANDS = {
    "deploy": "/deploy",
    "rollback": "/rollback",
    "deployments": "/deployments",
    "incident": "/incident",
}
"""What the commands are called, unless the configuration says otherwise."""


class Refusal(Exception):
    """A no with a reason that says what to do next.

    `code` is the reason as one stable word, for the audit trail and the metrics. `template` is a
    sentence whose `{names}` are filled from `facts`: people (`Who`), datetimes, or foreign words,
    which whoever shows it has to escape (`bot.messages.blocks.fill`). `{deploy}`,
    `{rollback}`, `{deployments}` and `{incident}` are the names of the commands.
    """

    def __init__(self, code: str, template: str, **facts: object) -> None:
        self.code = code
        self.template = template
        self.facts = facts
        super().__init__(template.format_map(COMMANDS | facts))


class Fault(Exception):
    """Something outside did not do what it should; the tick looks again later.

    `system` names who failed ("github", "slack", "health"); `retry_after` is in seconds.
    """

    def __init__(self, system: str, text: str, *, retry_after: float | None = None) -> None:
        super().__init__(f"{system}: {text}")
        self.system = system
        self.text = text
        self.retry_after = retry_after


class NotFound(Fault):
    """The outside answered, and what was asked for is not there."""


class Unanswered(Fault):
    """A write got no clear answer: it may have happened, so it is never sent again blindly."""


class Declined(Fault):
    """A write was definitely refused by the other side; nothing happened there."""
