"""An allowance is used up by one person, and comes back with time."""

from handlers.allowance import A_MINUTE, MOST, Allowance


def test_it_is_used_up_by_one_and_comes_back() -> None:
    now = 0.0
    allowance = Allowance(lambda: now)
    for _ in range(MOST):
        assert allowance.has("U0ANA")
        allowance.take("U0ANA")
    assert not allowance.has("U0ANA")
    assert allowance.has("U0BO")
    now += 60 / A_MINUTE
    assert allowance.has("U0ANA")
    allowance.take("U0ANA")
    assert not allowance.has("U0ANA")


def test_who_comes_seldom_never_runs_out() -> None:
    now = 0.0
    allowance = Allowance(lambda: now)
    for _ in range(10 * MOST):
        assert allowance.has("U0ANA")
        allowance.take("U0ANA")
        now += 60 / A_MINUTE
