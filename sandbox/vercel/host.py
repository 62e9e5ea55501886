"""The local Vercel: one project for each service, which deploys what GitHub Actions releases."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from sandbox.clock import Clock
from sandbox.events import Events
from sandbox.releases import Releases
from sandbox.seeds import Seed
from sandbox.vercel.errors import not_found
from sandbox.vercel.project import Project

TEAM = "team_acme"


class Vercel:
    """The projects, each of a service."""

    def __init__(self, clock: Clock, events: Events, releases: Releases, seed: Seed) -> None:
        self.token = seed.secrets.vercel_token
        self._projects: dict[str, Project] = {}
        releases.listeners.append(lambda service, new: self._projects[service].deploy(new))
        for service in seed.services:
            made = Project(
                service,
                clock,
                runs=partial(releases.run, service),
                changed=partial(events.publish, "target", system="vercel"),
            )
            for release in tuple(releases.past(service)):
                made.deploy(release, release.at + timedelta(minutes=3))
            self._projects[service] = made

    def project(self, name: str) -> Project:
        """The project with that id or name. Raises Refused."""
        found = next(
            (one for one in self._projects.values() if name in (one.id, one.service)), None
        )
        if found is None:
            raise not_found("Project")
        return found
