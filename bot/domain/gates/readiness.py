"""Gates on the readiness: staging, QA, monitoring, who watches and is on call, and the way back."""

from collections.abc import Iterable

from bot.domain.deployments.validation import ISSUES, Outcome
from bot.domain.gates.evidence import Evidence, Staged
from bot.domain.gates.verdicts import Gate, Level, Verdict
from bot.domain.rollbacks.rehearsal import Place, Rehearsal
from bot.domain.versions import is_same
from bot.domain.words import listing

SHORTEST_SHA = 7
_NOT_WELL = frozenset({Outcome.BAD, Outcome.DEGRADED})


def staging(evidence: Evidence) -> Verdict:
    """Staging runs this very commit, and was found good."""
    staged = evidence.staged
    if staged is None:
        text = "No staging environment"
        return Verdict(gate=Gate.STAGING, level=Level.NOT_SET_UP, text=text)
    if isinstance(staged, str):
        return _not_staged(staged, "staging itself")
    if not _is_this(staged, evidence):
        commit = f" ({staged.commit[:7]})" if staged.commit else ""
        text = f"Staging runs {staged.version}{commit}, not {evidence.version}"
        return _not_staged(text, "another version")
    if staged.problem:
        text = f"Staging runs {evidence.version}, not validated: {staged.problem}"
        return _not_staged(text, "not validated")
    text = f"Staging runs {evidence.version} ({evidence.commit[:7]}), validated"
    return Verdict(gate=Gate.STAGING, level=Level.PASS, text=text)


def _not_staged(text: str, what: str) -> Verdict:
    action = "Bring it to staging and validate it there."
    return Verdict(gate=Gate.STAGING, level=Level.BLOCK, text=text, action=action, about=(what,))


def _is_this(staged: Staged, evidence: Evidence) -> bool:
    """By commit where that is known, else by what staging tells of itself."""
    if staged.commit:
        return staged.commit == evidence.commit
    told = staged.version
    is_sha = len(told) >= SHORTEST_SHA and evidence.commit.startswith(told)
    return is_sha or is_same(told, evidence.version)


def qa(evidence: Evidence) -> Verdict:
    """Somebody of QA signed this commit off."""
    if evidence.on_qa is None:
        return Verdict(gate=Gate.QA, level=Level.NOT_SET_UP, text="Nobody holds the role qa")
    if evidence.on_qa:
        text = f"QA signed {evidence.commit[:7]} off ({evidence.on_qa})"
        return Verdict(gate=Gate.QA, level=Level.PASS, text=text)
    return Verdict(
        gate=Gate.QA,
        level=Level.BLOCK,
        text=f"QA has not signed {evidence.commit[:7]} off",
        action="Somebody with the role qa presses Sign Off in the card's thread.",
    )


def monitoring(evidence: Evidence) -> Verdict:
    """What shall be watched can be read, and is well before it changes.

    What an error tracker counts is for the gate on bugs; here it only has to be readable.
    """
    monitors = evidence.monitors
    against = {"health": f"Not healthy before the deployment: {evidence.health}"}
    if not evidence.health:
        del against["health"]
    for one in monitors:
        if one.outcome is Outcome.UNKNOWN or (one.outcome in _NOT_WELL and one.what != ISSUES):
            against[f"{one.what} {one.outcome}"] = one.sentence
    if against:
        return Verdict(
            gate=Gate.MONITORING,
            level=Level.BLOCK,
            text="; ".join(against.values()),
            action="Find out why; what is broken now cannot show what breaks next.",
            about=tuple(against),
        )
    health = ["No health URL" if evidence.health is None else "Health answers"]
    if not monitors:
        text = f"{health[0]}, and no monitors are configured"
        return Verdict(gate=Gate.MONITORING, level=Level.NOT_SET_UP, text=text)
    text = "; ".join([*health, *(one.sentence for one in monitors if one.what != ISSUES)])
    is_told = any(one.outcome is not Outcome.NO_DATA for one in monitors)
    return Verdict(gate=Gate.MONITORING, level=Level.PASS if is_told else Level.WARN, text=text)


def watch(evidence: Evidence) -> Verdict:
    """Somebody watches after the deployment."""
    if evidence.watchers is None:
        return Verdict(gate=Gate.WATCH, level=Level.WARN, text="Nobody is named who watches")
    if evidence.watchers:
        text = f"On watch: {listing(evidence.watchers)}"
        if evidence.watchers_beyond:
            text += f"; {evidence.watchers_beyond} more are not asked"
        return Verdict(gate=Gate.WATCH, level=Level.PASS, text=text)
    return Verdict(
        gate=Gate.WATCH,
        level=Level.BLOCK,
        text="Nobody of those who watch is a member of the workspace",
        action="Name somebody under watch in gonogo.yaml.",
    )


def on_call(evidence: Evidence) -> Verdict:
    """Somebody would be woken if it went wrong after all."""
    people = evidence.on_call
    if people is None:
        text = "Nobody is known to be on call: no pager that tells, and no group"
        return Verdict(gate=Gate.ON_CALL, level=Level.WARN, text=text)
    if people:
        return Verdict(gate=Gate.ON_CALL, level=Level.PASS, text=f"On call: {listing(people)}")
    return Verdict(
        gate=Gate.ON_CALL,
        level=Level.BLOCK,
        text="Nobody is on call",
        action="Put somebody on call, or agree who can be reached.",
    )


def way_back(found: Rehearsal | None) -> Verdict:
    """There is a version to go back to, and every place could."""
    if found is None or not found.version:
        return _no_way("No known-good version to go back to", "no version")
    if found.is_open:
        text = f"Way back: {found.version} ({found.ran_as})"
        return Verdict(gate=Gate.WAY_BACK, level=Level.PASS, text=text)
    if found.closed:
        closed = (f"{place.name} is closed" for place in found.closed)
        return _no_way(f"No way back to {found.version}: {_each(found.closed)}", *closed)
    return Verdict(
        gate=Gate.WAY_BACK,
        level=Level.BLOCK,
        text=f"Not known whether there is a way back to {found.version}: {_each(found.silent)}",
        action="It is asked again within minutes.",
        about=tuple(f"{place.name} is silent" for place in found.silent),
    )


def _no_way(text: str, *about: str) -> Verdict:
    action = "Know what to do instead before you approve."
    return Verdict(gate=Gate.WAY_BACK, level=Level.BLOCK, text=text, action=action, about=about)


def _each(places: Iterable[Place]) -> str:
    return "; ".join(f"{place.name}: {place.text}" for place in places)
