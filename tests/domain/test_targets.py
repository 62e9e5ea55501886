"""What runs at a target is told from what is wanted there."""

import pytest

from bot.domain.rollbacks.targets import Artifact

COMMIT = "4f6c71e21e9047629fee6cc4a0a9f2cf00112233"
HERE = Artifact(id="dpl_1", version="v1.2.0", commit=COMMIT)
NAMELESS = Artifact(id="dpl_2", commit=COMMIT)


@pytest.mark.parametrize(
    ("there", "wanted", "meets"),
    [
        (HERE, Artifact(id="dpl_1"), True),
        (HERE, Artifact(id="dpl_1", version="v9.9.9"), True),
        (HERE, Artifact(id="dpl_2", version="v1.2.0", commit=COMMIT), False),
        (HERE, Artifact(id="", version="v1.2.0"), True),
        (HERE, Artifact(id="", version="v1.2.1"), False),
        (HERE, Artifact(id="", version="v1.2.1", commit=COMMIT), False),
        (Artifact(id="x", version="1.2.0"), Artifact(id="", version="v1.2.0"), True),
        (NAMELESS, Artifact(id="", version="v1.2.0"), False),
        (NAMELESS, Artifact(id="", version="v1.2.0", commit=COMMIT), True),
        (NAMELESS, Artifact(id="", commit=COMMIT[:7]), True),
        (NAMELESS, Artifact(id="", commit=COMMIT[:6]), False),
        (NAMELESS, Artifact(id="", commit="5" + COMMIT[1:]), False),
        (Artifact(id="dpl_3"), Artifact(id=""), False),
    ],
)
def test_an_id_counts_before_a_version_and_that_before_a_commit(
    there: Artifact, wanted: Artifact, meets: bool
) -> None:
    assert there.meets(wanted) is meets


@pytest.mark.parametrize(
    ("there", "wanted", "is_of"),
    [
        (HERE, Artifact(id="dpl_2", version="v1.2.0"), True),
        (HERE, Artifact(id="dpl_1", version="v1.2.1"), False),
        (HERE, Artifact(id="dpl_1", version="v1.2.1", commit=COMMIT), True),
        (HERE, Artifact(id="dpl_1"), None),
        (NAMELESS, Artifact(id="dpl_2", version="v1.2.0"), None),
        (NAMELESS, Artifact(id="dpl_2", version="v1.2.0", commit="5" + COMMIT[1:]), False),
        (NAMELESS, Artifact(id="", commit=COMMIT), True),
        (Artifact(id="dpl_3"), Artifact(id="dpl_3", version="v1.2.0", commit=COMMIT), None),
    ],
)
def test_of_which_version_it_is_is_told_whatever_its_id(
    there: Artifact, wanted: Artifact, is_of: bool | None
) -> None:
    assert there.is_of(wanted) is is_of
