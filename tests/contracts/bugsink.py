"""A Bugsink that runs: the real one from PyPI, with a database and a project of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from sandbox.app import free_port
from tests.contracts.pypi import installed

PACKAGE = "bugsink==2.6.1"
READY_WITHIN = 120  # seconds
CONFIG = """
from bugsink.settings.default import *
SECRET_KEY = "only for a test " * 4
DATABASES["default"]["NAME"] = {home!r} + "/db.sqlite3"
DATABASES["snappea"]["NAME"] = {home!r} + "/snappea.sqlite3"
SNAPPEA = {{"TASK_ALWAYS_EAGER": True}}
BUGSINK = {{
    "BASE_URL": {url!r},
    "INGEST_STORE_BASE_DIR": {home!r} + "/ingestion",
    "PHONEHOME": False,
}}
ALLOWED_HOSTS = ["127.0.0.1"]
"""
PREPARE = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("create_auth_token")
"""


@dataclass(frozen=True)
class Bugsink:
    """Where it is, and what lets us in."""

    url: str
    token: str
    dsn_key: str

    def rows(self, path: str) -> list[dict[str, Any]]:
        """What the read API lists of the project."""
        found = _call(self.url, self.token, "GET", f"/{path}/?project=1")["results"]
        assert isinstance(found, list)
        return found

    def hears(self, kind: str, *, release: str) -> None:
        """The app tells of an error of that kind, as a Sentry SDK does."""
        number = uuid4().hex
        event = {
            "event_id": number,
            "timestamp": time.time(),
            "platform": "python",
            "release": release,
            "exception": {"values": [{"type": kind, "value": "told"}]},
        }
        parts = ({"event_id": number}, {"type": "event"}, event)
        answer = httpx.post(
            f"{self.url}/api/1/envelope/",
            content="".join(json.dumps(part) + "\n" for part in parts),
            headers={"X-Sentry-Auth": f"Sentry sentry_version=7, sentry_key={self.dsn_key}"},
            timeout=READY_WITHIN,
        )
        assert answer.status_code == 200, answer.text


@contextmanager
def running() -> Iterator[Bugsink]:
    """A Bugsink with the project 1, until the end of the block."""
    python, url = installed(PACKAGE), f"http://127.0.0.1:{free_port()}"
    with tempfile.TemporaryDirectory(prefix="gonogo-bugsink-") as home:
        (Path(home) / "bugsink_conf.py").write_text(CONFIG.format(home=home, url=url))
        env = {
            "PATH": os.environ["PATH"],
            "HOME": home,
            "PYTHONPATH": home,
            "DJANGO_SETTINGS_MODULE": "bugsink_conf",
        }
        words = (python, "-c", PREPARE)
        made = subprocess.run(
            words, env=env, cwd=home, capture_output=True, text=True, timeout=READY_WITHIN
        )
        assert made.returncode == 0, made.stderr
        serve = ("-m", "gunicorn", "bugsink.wsgi", "--bind", url.removeprefix("http://"))
        log = (Path(home) / "log").open("wb")
        server = subprocess.Popen(
            (python, *serve), env=env, cwd=home, stdout=log, stderr=log, start_new_session=True
        )
        try:
            yield _with_project(url, made.stdout.split()[-1])
        finally:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()
            log.close()


def _with_project(url: str, token: str) -> Bugsink:
    end = time.monotonic() + READY_WITHIN
    while True:
        try:
            _call(url, token, "GET", "/teams/")
            break
        except httpx.ConnectError:
            assert time.monotonic() < end, "Bugsink did not begin to answer"
            time.sleep(0.1)  # another process comes up, and only its port tells when
    team = _call(url, token, "POST", "/teams/", name="acme")
    made = _call(url, token, "POST", "/projects/", team=team["id"], name="app")
    dsn = httpx.URL(_call(url, token, "GET", f"/projects/{made['id']}/")["dsn"])
    return Bugsink(url, token, dsn.username)


def _call(url: str, token: str, method: str, path: str, **body: object) -> dict[str, Any]:
    answer = httpx.request(
        method,
        f"{url}/api/canonical/0{path}",
        json=body or None,
        headers={"Authorization": f"Bearer {token}"},
        timeout=READY_WITHIN,
    )
    assert answer.is_success, answer.text
    told: dict[str, Any] = answer.json()
    return told
