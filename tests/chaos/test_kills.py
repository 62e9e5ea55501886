"""kill -9 with twenty deployments under way, while GitHub and Slack fail: nothing lost or doubled.

`GONOGO_KILLS` says how many kills.
"""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from sandbox.holds import Hold
from tests.chaos.flow import all_ended, life_goes_on
from tests.chaos.kills import rounds
from tests.chaos.nursery import nursery
from tests.chaos.stage import stage
from tests.chaos.tally import count

SOON = timedelta(seconds=30)
KILLS = int(os.environ.get("GONOGO_KILLS", "20"))


@pytest.mark.timeout(180 + 10 * KILLS)
async def test_nothing_is_lost_or_doubled(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        done = await rounds(KILLS, seed=1)

    assert sum(one.kills for one in done) == KILLS
    assert [one.tally.problems for one in done if one.tally.problems] == []


@pytest.mark.parametrize("lag", [0, 95], ids=["listed at once", "listed late"])
async def test_the_card_ends_right_soon_after_github_lists_the_run(
    tmp_path: Path, lag: int
) -> None:
    async with nursery() as nest, stage(tmp_path, nest, "plain") as scene:
        await scene.start()
        if lag:
            scene.world.faults.add(system="github", kind=f"list_lag:{lag}", path="/dispatches")
        hold = scene.world.hold = Hold(after=True, of=lambda entry: "/dispatches" in entry.path)
        async with life_goes_on(scene) as people:
            await hold.reached()
            await scene.kill()
            hold.let_go()
            await scene.start()
        [run] = scene.runs()
        while scene.world.clock.now() < run.listed_from + SOON and not all_ended(scene):
            await scene.passes(2)

        assert all_ended(scene), [m.text for m in scene.messages()]
        await scene.bot.stop()
        assert (await count(scene, people.approved)).problems == {}
