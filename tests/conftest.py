"""What all tests share."""

from hypothesis import settings

pytest_plugins = ["tests.strict"]

# The same examples in every run, and no deadline on machines that others use too.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")
