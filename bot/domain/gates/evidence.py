"""Evidence: what was read about a version before its deployment, for the gates to judge."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from bot.domain.deployments.backups import Backups
from bot.domain.deployments.changes import ChangeList
from bot.domain.deployments.migrations import Migration
from bot.domain.deployments.validation import ISSUES, Outcome, Reading
from bot.domain.errors import Fault
from bot.domain.gates.holds import Held
from bot.domain.gates.verdicts import DEFAULTS, OF_PRODUCTION, Gate, Policy
from bot.domain.rollbacks.rehearsal import Rehearsal


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check of a commit: a check run or a commit status.

    `conclusion` is None while it runs; `run_id` is the workflow run that it belongs to, if any.
    `deploys`: it is a job with which a merge is brought somewhere, or tried there.
    """

    name: str
    conclusion: str | None
    run_id: int | None = None
    deploys: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """An issue of the repository; `assignees` are logins at GitHub."""

    number: int
    title: str
    url: str
    assignees: tuple[str, ...] = ()

    def is_assigned(self, login: str) -> bool:
        """Whether that account is; the case of a login does not matter."""
        return login.casefold() in map(str.casefold, self.assignees)


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """What staging runs; `problem` says why it does not count as validated."""

    version: str
    commit: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was read about a version. Where something is not set up, it is None.

    `unread` are the gates whose source did not answer; what they go by is then not looked at.
    `staged` is a text where nothing is known of what staging runs. `approved` are the pull requests
    with an approving review. `on_qa` says who signed the commit off, "" that nobody did. `health`
    is what is wrong with it, `pace` how fast it answers, `monitors` what the monitors read
    before anything changes. `watchers_beyond` is how many more watch, of whom nothing was read.
    `on_call` are the names of those who would be woken first.
    `holds` are those on the place.
    `carries_sha`: the workflow takes the commit and compares it itself.
    `backups` are read only where the version brings migrations.
    """

    version: str
    commit: str
    live: str | None
    on_branch: bool
    branch: str
    checks: tuple[Check, ...]
    changes: ChangeList
    workflow_active: bool
    carries_sha: bool
    missing_inputs: tuple[str, ...] = ()
    approved: frozenset[int] = frozenset()
    notes: str | None = None
    bugs: tuple[Issue, ...] | None = None
    staged: Staged | str | None = None
    on_qa: str | None = None
    migrations: tuple[Migration, ...] | None = None
    backups: Backups | None = None
    health: str | None = None
    pace: Reading | None = None
    monitors: tuple[Reading, ...] = ()
    watchers: tuple[str, ...] | None = None
    watchers_beyond: int = 0
    on_call: tuple[str, ...] | None = None
    way_back: Rehearsal | None = None
    holds: tuple[Held, ...] = ()
    unread: Mapping[str, Fault] = field(default_factory=dict)

    @property
    def tracker(self) -> Reading | None:
        """What the error tracker told, where one is configured."""
        return next((one for one in self.monitors if one.what == ISSUES), None)

    def fault(self, gate: str) -> Fault | None:
        """What kept a source of that gate from answering, if anything did."""
        tracker = self.tracker
        if gate == Gate.BUGS and tracker and tracker.outcome is Outcome.UNKNOWN:
            return Fault("error tracker", tracker.text)
        return self.unread.get(gate)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRules:
    """Which checks have to be there, do not count, or may fail; a name may have `*` in it.

    What deploys counts only where it has to be there: how staging turned out is a gate of its own,
    and a newer merge may have cancelled it.
    """

    require: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    allow_failure: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a team asks of a version, for one environment.

    `tested_by` is the check in which migrations are tried, `labels` those of critical bugs,
    `oldest_backup` the age from which on a backup does not count.
    """

    is_production: bool = True
    policies: Mapping[Gate, Policy] = field(default_factory=dict)
    checks: CheckRules = CheckRules()
    tested_by: str | None = None
    labels: tuple[str, ...] = ()
    oldest_backup: timedelta = timedelta(0)

    def policy(self, gate: Gate) -> Policy:
        """What the gate may do."""
        if gate in OF_PRODUCTION and not self.is_production:
            return Policy.OFF
        return self.policies.get(gate, DEFAULTS[gate])
