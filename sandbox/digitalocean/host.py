"""The local DigitalOcean: an app and a database for each service, and one registry."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from sandbox.clock import Clock
from sandbox.digitalocean.app import App
from sandbox.digitalocean.errors import not_found
from sandbox.digitalocean.registry import Database, Registry
from sandbox.events import Events
from sandbox.releases import Release, Releases
from sandbox.seeds import Seed
from sandbox.seeds.config import database_id

BACKED_UP_AT = 2  # o'clock UTC


class DigitalOcean:
    """Apps and databases, each of a service, and what GitHub Actions pushed to the registry."""

    def __init__(self, clock: Clock, events: Events, releases: Releases, seed: Seed) -> None:
        self.token = seed.secrets.digitalocean_token
        self.registry = Registry()
        self._clock = clock
        self.databases: dict[str, Database] = {}
        self._apps: dict[str, App] = {}
        releases.listeners.append(self._push)
        now = clock.now()
        last = now.replace(hour=BACKED_UP_AT, minute=0, second=0, microsecond=0)
        last -= timedelta(days=last > now)
        for service in seed.services:
            made = App(
                service,
                clock,
                runs=partial(releases.run, service),
                changed=partial(events.publish, "target", system="digitalocean"),
            )
            for release in tuple(releases.past(service)):
                pushed = release.at + timedelta(minutes=2)
                made.planted(release, pushed)
                self.registry.push(service, release.version, pushed)
                self.registry.push(f"web/{service}", release.version, pushed)
            self._apps[service] = made
            id = database_id(service)
            times = [last - timedelta(days=day) for day in range(7)]
            self.databases[id] = Database(id, service, times)

    def app(self, name: str) -> App:
        """The app with that id or of that service. Raises Refused."""
        found = next((one for one in self._apps.values() if name in (one.id, one.service)), None)
        if found is None:
            raise not_found()
        return found

    def database(self, name: str) -> Database:
        """The cluster with that id or of that service. Raises Refused."""
        for one in self.databases.values():
            if name in (one.id, one.name):
                return one
        raise not_found()

    def _push(self, service: str, release: Release) -> None:
        for repository in (service, f"web/{service}"):
            self.registry.push(repository, release.version, self._clock.now())
        self._apps[service].push(release)
