"""Callbacks: what a webhook of GitHub asks our App's own rule, believed as far as it can be."""

import json
import re
from dataclasses import dataclass

_CALLBACK = re.compile(
    r"https?://[^/]+(?:/[^/]+)*?/repos/(?P<repo>[\w.-]+/[\w.-]+)"
    r"/actions/runs/(?P<run>[0-9]{1,18})/deployment_protection_rule"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """The run that waits, for which environment, and where GitHub wants the answer."""

    repo: str
    run_id: int
    environment: str
    url: str


def callback_in(body: bytes, api_url: str) -> Callback | None:
    """The question in a delivery; None where it is none, or names another place than our GitHub
    and the repository that it is about.
    """
    try:
        said = json.loads(body)
        url, environment = said["deployment_callback_url"], said["environment"]
        about = str(said["repository"]["full_name"])
    except (ValueError, LookupError, TypeError):
        return None
    if not (isinstance(url, str) and isinstance(environment, str) and environment.isprintable()):
        return None
    found = _CALLBACK.fullmatch(url) if url.startswith(f"{api_url.rstrip('/')}/") else None
    if found is None or found["repo"].casefold() != about.casefold():
        return None
    if not 0 < len(environment) <= 255:
        return None
    return Callback(repo=about, run_id=int(found["run"]), environment=environment, url=url)
