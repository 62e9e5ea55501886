"""When staging counts as validated."""

from datetime import timedelta
from typing import get_args

from bot.config import CheckItem
from bot.domain.deployments.staging import ITEMS, OnStaging, StagingCheck
from tests.domain.samples import NOON


def checks(*items: str, passed: bool = True, by: str = "U0ANA") -> tuple[StagingCheck, ...]:
    return tuple(
        StagingCheck(
            service="app",
            commit="a" * 40,
            item=item,
            passed=passed,
            by=by,
            at=NOON + timedelta(minutes=place),
        )
        for place, item in enumerate(items)
    )


def staged(*found: StagingCheck, commit: str = "a" * 40) -> OnStaging:
    return OnStaging(service="app", version="v1.2.1", commit=commit, since=NOON, checks=found)


def test_the_items_are_those_of_the_process_and_of_the_configuration() -> None:
    assert len(ITEMS) == 8
    assert get_args(CheckItem) == tuple(ITEMS)


def test_every_item_has_to_be_good_for_a_known_commit() -> None:
    found = staged(*checks(*ITEMS))
    assert found.is_validated
    assert found.validated_at == NOON + timedelta(minutes=7)
    assert found.signed_by == ("U0ANA",)
    assert not staged(*checks(*ITEMS), commit="").is_validated


def test_one_that_is_missing_or_failed_keeps_it_open() -> None:
    *most, last = ITEMS
    assert staged(*checks(*most)).open_items == (last,)
    failed = staged(*checks(*most), *checks(last, passed=False, by=""))
    assert failed.open_items == (last,)
    assert failed.validated_at is None
    assert failed.check(last) is not None and failed.check("other") is None
