"""Who signs which item of the checklist, and when: each has a button of its own."""

from itertools import product

import pytest

from bot.domain.deployments import inspections
from bot.domain.deployments.migrations import Migration
from bot.domain.deployments.states import S, State
from bot.domain.deployments.validation import Validation
from bot.domain.errors import Refusal
from bot.domain.gates import Level, Verdict, checklist
from bot.domain.gates.items import ITEMS, Phase
from bot.domain.gates.signatures import QUERIES
from bot.ports import Tx
from handlers import signatures
from tests.domain.samples import NOON
from tests.matrix.desk import PEOPLE, WITH_A_ROLE, Case, Desk
from tests.matrix.test_deployments import OVER, TROUBLED, case, standing

UNSEEN = {
    "verdicts": (Verdict(gate="qa", level=Level.WARN, text="QA has not signed it off"),),
    "validation": Validation(started_at=NOON),
    "migrations": (Migration(path="migrations/0008_add.sql"),),
}
"""Nothing was read as done, so that every item may be a person's to sign."""

SIGNERS = ("nobody", "guest", "deployer", "qa")
"""Who presses the buttons, which is dear; of everybody the rule itself is asked."""
DONE_BY_ITSELF = {
    "team": set(State),  # the card is what tells the team
    "documented": OVER,  # what is over is kept
    "validated": {S.SUCCEEDED, S.DEGRADED},  # what was read against it, no name changes
    "success": {S.SUCCEEDED},
    "performance": set(State),  # one name is for both: it is asked with production's validation
    "uptime": set(State),
}
"""Items that take no name, in these states."""

DUE = {
    Phase.BEFORE: {S.AWAITING_APPROVAL},
    Phase.PRODUCTION: {S.VALIDATING, S.SUCCEEDED} | TROUBLED,
    Phase.AFTER: {S.SUCCEEDED} | TROUBLED,
    Phase.ISSUES: TROUBLED,
}


def signed_in(item: str) -> set[State]:
    """The states in which an item waits for a name."""
    if item in QUERIES:
        return {S.SUCCEEDED}
    phase = ITEMS[item][0] if item in ITEMS else Phase.BEFORE
    return DUE[phase] - DONE_BY_ITSELF.get(item, set())


@pytest.mark.parametrize("what", signatures.SIGN_OFFS)
async def test_an_item_is_signed_by_whoever_may_while_it_is_open(desk: Desk, what: str) -> None:
    item = what.removeprefix("sign_off_")

    def put(tx: Tx) -> list[Case]:
        cases = []
        for number, (state, who) in enumerate(product(State, SIGNERS)):
            stored = tx.add(standing(state, number, at_github=False).with_(**UNSEEN))
            may = who in WITH_A_ROLE and state in signed_in(item) and (item != "qa" or who == "qa")
            cases.append(case(what, who, str(stored.id), stored, may))
        return cases

    assert await desk.wrong(await desk.store.run(put)) == []


@pytest.mark.parametrize("what", signatures.SIGN_OFFS)
def test_an_item_takes_no_name_but_of_whoever_may(what: str) -> None:
    item = what.removeprefix("sign_off_")
    sign = inspections.sign if item in QUERIES else checklist.sign
    wrong = []
    for state, who in product(State, PEOPLE):
        deployment = standing(state, 1, at_github=False).with_(**UNSEEN)
        try:
            was_let = sign(deployment, item, PEOPLE[who], NOON) != deployment
        except Refusal:
            was_let = False
        may = who in WITH_A_ROLE and state in signed_in(item) and (item != "qa" or who == "qa")
        wrong += [f"{who} in {state}"] if was_let is not may else []
    assert wrong == []
