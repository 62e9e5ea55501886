"""What others wrote can neither mention, nor link, nor break a message that Slack would accept."""

import re
from collections.abc import Iterable
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.audits import AuditEntry, Chain
from bot.domain.deployments.changes import Change, ChangeList
from bot.domain.deployments.deployments import Deployment, Ending
from bot.domain.deployments.migrations import Migration
from bot.domain.deployments.runs import Dispatch, Progress, Stage
from bot.domain.deployments.sightings import Sighting
from bot.domain.deployments.staging import OnStaging
from bot.domain.deployments.standings import Standing
from bot.domain.deployments.states import TERMINAL, State
from bot.domain.deployments.twins import Twin
from bot.domain.deployments.validation import Outcome, Validation
from bot.domain.errors import Refusal
from bot.domain.gates import Level, Verdict
from bot.domain.grammar import AuditWish, HistoryWish
from bot.domain.people import Who
from bot.domain.rollbacks.remedies import RemedyKind
from bot.domain.rollbacks.target_steps import TargetStep
from bot.messages import blocks
from bot.messages.blocks import Message
from bot.messages.deployments import (
    announcements,
    cards,
    drift,
    forms,
    inspections,
    merges,
    notes,
    outside,
    staging,
    twins,
)
from bot.messages.knowing import audits, histories, reports
from bot.messages.rollbacks import remedies, rollbacks
from sandbox.slack.blocks import check_blocks, check_view
from tests.domain.samples import NOON, a_deployment
from tests.domain.test_outside import a_run
from tests.messages.samples import APPROVED, LATER, buttons, in_state, reading, texts
from tests.store.samples import a_remedy

OURS = re.compile(
    r"<@[A-Z0-9]+>|<!date\^\d+\^[^|<>]*\|[^|<>]*UTC>|<https://(?:github|acme)[^|<>\s]*\|[^<>]*>"
)

NASTY = [
    "<!channel>", "<!here|x>", "<@U0ANA>", "<#C0DEPLOY>", "<https://evil.example|click>",
    "&lt;!channel&gt;", "a & b < c > d", "line\nbreak\n✅ all good", "\u202eevil\u2066",
    "\x00\x1b[31m", "{version}", "```", "|>", "x" * 5000, "&" * 5000, "<" * 5000, "🚀" * 2500,
    " ", "\ud800",
]  # fmt: skip
FOREIGN = st.one_of(st.sampled_from(NASTY), st.text(max_size=200))


@st.composite
def foreign_deployments(draw: st.DrawFn) -> Deployment:
    """A deployment in which everything that somebody else can write is what they like."""
    word = draw(FOREIGN)
    title, author, name = draw(FOREIGN), draw(FOREIGN), draw(FOREIGN)
    state = draw(st.sampled_from(State))
    count = draw(st.sampled_from([0, 1, 9, 300]))
    change = Change(title=title, author=author, pull_request=41, url=f"https://github.com/{name}")
    end = Ending(code=str(state), text=word, by=draw(st.sampled_from(["U0DEE", None])))
    stage = Stage(name=name, status="in_progress", step=title)
    done = Stage(name=name, status="completed", conclusion=draw(FOREIGN))
    found = draw(st.sampled_from(Outcome))
    kinds = ("health", "smoke", "logs", "response_times", "uptime_kuma", "error_rate")
    levels = draw(st.lists(st.sampled_from(Level), max_size=5))
    return in_state(
        state,
        **APPROVED,
        run_id=7001,
        service=name,
        version=draw(FOREIGN),
        environment=draw(FOREIGN),
        reason=word,
        notice=word,
        waiting_for=word,
        changes=ChangeList(base=name, url=f"https://github.com/{title}", changes=(change,) * count),
        verdicts=tuple(Verdict(gate=name, level=lvl, text=title, action=word) for lvl in levels),
        run_url=f"https://github.com/{word}",
        progress=Progress(status=author, started_at=NOON, stages=(stage, done) * 10),
        validation=Validation(
            started_at=NOON,
            healthy_at=NOON,
            readings=tuple(reading(kind, found, title) for kind in kinds),
            last=word,
        ),
        ending=end if state in TERMINAL else None,
    )


def everything(d: Deployment) -> Iterable[Message]:
    """Each message that can be made of a deployment."""
    people = ("U0BO", "U0DEE") * 200
    yield cards.card(d, LATER)
    yield announcements.succeeded(d)
    yield announcements.failed(d)
    yield notes.requested(d, known=False, fresh=False)
    yield notes.approved(d, fresh=False)
    yield notes.decided(d, "cancelled")
    yield notes.refused(d, d.verdicts)
    yield notes.plan(d)
    yield notes.asking(d, people, again=True)
    yield notes.asking_you(d, d.run_url, again=False)
    yield notes.run_found(d)
    yield notes.evidence(d)
    yield notes.all_changes(d)
    yield notes.settled(d, d.reason)
    yield notes.ended(d, "U0BO")
    order = rollbacks.Order(
        service=d.service,
        environment=d.environment,
        version=d.version,
        live=d.version,
        reason=d.reason,
        aborts=d.id,
    )
    yield rollbacks.proposal(order, (), d)
    yield rollbacks.stopping(d, d.version)
    yield rollbacks.started(d)
    yield announcements.rolled_back(d)
    yield from remedied(d)
    yield from doubled(d)
    brought = d.with_(migrations=(Migration(path=f"migrations/{d.reason}.sql"),))
    yield inspections.reply(brought, configured=True)
    look = TargetStep(target="migrate:status", command="status", text=d.reason)
    yield inspections.not_good(d, look)
    staged = OnStaging(service=d.service, version=d.version, commit=d.reason, since=NOON)
    seen = Sighting(
        service=d.service, environment=d.environment, at=NOON, told=d.version, differs=3
    )
    place = Standing(
        service=d.service, environment=d.environment, live=d, holder=d, seen=seen, staged=staged
    )
    yield reports.overview([place] * 200, LATER)
    yield reports.overview([replace(place, live=None)], LATER)
    yield staging.signed(staged, 1)
    yield drift.drifted(seen, d)
    yield drift.resolved(seen, d)
    yield merges.failed(d)
    yield outside.older(d)
    yield outside.conflict(d, a_run(title=d.reason), None)
    yield outside.conflict(d, a_run(title=d.reason), d)
    yield outside.late(d, d)
    yield outside.unclear(a_run(title=d.reason), d.workflow, ((d.service, d.environment),))
    yield outside.you_are_displaced(d)
    yield histories.history([d] * 10, HistoryWish(person=d.reason, page=2), True, "/deployments")
    yield reports.show(d, [(NOON, "<@U0ANA>", d.reason)] * 60)
    yield reports.why(d)
    wish = AuditWish(subject="D2", person=d.reason, page=2)
    detail = {"reason": d.reason, "items": [d.reason], "none": None}
    row = AuditEntry(at=NOON, actor=d.reason, action="x", subject=d.reason, detail=detail)
    broken = Chain(checked=9, sealed_to=9, head="a" * 64, is_whole=True, open=0, row=3, why="gone")
    yield audits.page([row] * 11, wish, "U0ANA", f"/deployments audit {d.reason}", broken)
    yield reports.help_text([(d.reason, d.service)] * 4, {d.service: people})
    yield blocks.refused(
        Refusal("x", "{who} at {when}: {word}", who=Who("U0ANA"), when=NOON, word=d.reason)
    )


def doubled(d: Deployment) -> Iterable[Message]:
    """What is said of a second run of it."""
    twin = Twin(run_id=7002, url=f"https://github.com/{d.reason}", trouble=d.reason)
    sent = Dispatch(
        before_run_id=1, attempt=2, sent_at=NOON, carries_id=True, guarded=False, twins=(twin,)
    )
    yield cards.card(d.with_(dispatch=sent), LATER)
    yield twins.found(d, twin)
    yield twins.ended(d, twin, d.reason)
    yield twins.goes_on(d, twin)


def remedied(d: Deployment) -> Iterable[Message]:
    """What is said of a remedy for it."""
    one = a_remedy(title=d.reason, number=11, url="https://github.com/acme/app/pull/11")
    yield remedies.offered(d)
    yield remedies.wanted(one)
    yield remedies.there_already(one)
    yield remedies.made(one, found=True)
    yield remedies.made(one, found=False)
    yield remedies.failed(one, d.reason)
    yield remedies.takes_longer(one, d.reason)
    fix = replace(one, kind=RemedyKind.HOTFIX, version=d.version, commit="a" * 40)
    yield remedies.branched(replace(fix, branch="hotfix/D3-fix"))
    yield remedies.made(fix, found=False, troubles=(d.reason,))
    found = replace(one, kind=RemedyKind.FINDINGS)
    yield remedies.made(found, found=False)
    yield remedies.failed(found, d.reason)


def said(message: Message) -> list[str]:
    return [message.text, *texts(message)]


slow = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])


@slow
@given(foreign_deployments())
def test_no_mention_and_no_link_of_others_gets_through(deployment: Deployment) -> None:
    for message in everything(deployment):
        for text in said(message):
            assert not set("<>") & set(OURS.sub("", text)), text
            assert not re.sub(r"&(amp|lt|gt);", "", text).count("&"), text
            assert all(c.isprintable() or c == "\n" for c in text)


@slow
@given(foreign_deployments())
def test_slack_accepts_every_message(deployment: Deployment) -> None:
    for message in everything(deployment):
        assert message.text.strip()
        assert len(message.text) <= 4000
        check_blocks(list(message.blocks), "message")
        for button in buttons(message):
            assert len(button["text"]["text"]) <= 75


@given(FOREIGN)
def test_no_line_of_an_announcement_is_somebody_elses(title: str) -> None:
    change = Change(title=title, author=title)
    message = announcements.succeeded(
        in_state(State.SUCCEEDED, changes=ChangeList(changes=(change,)))
    )
    assert [line.split(":")[0] for line in message.text.splitlines()[3:]] == [
        line.split(":")[0]
        for line in announcements.succeeded(in_state(State.SUCCEEDED)).text.splitlines()[5:]
    ]


@given(FOREIGN)
def test_slack_accepts_the_forms(name: str) -> None:
    for view in (
        forms.deploy([f"{n:040}" for n in range(120)], "C0DEPLOY"),
        forms.deploy(["app"], None),
        forms.reject(a_deployment(service=name), "C0DEPLOY"),
        remedies.hotfix_form("D3", name, name, "C0DEPLOY"),
        remedies.revert_form(
            a_deployment(environment=name),
            [Change(title=name, author=name, pull_request=n) for n in range(1, 120)],
            "C0DEPLOY",
        ),
    ):
        check_view(view, "modal")
    assert len(forms.option(name, name)["text"]["text"]) <= 75
