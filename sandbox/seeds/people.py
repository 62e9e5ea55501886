"""The people of the sandbox's workspace, and who is asked for what."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """A member of the workspace; `roles` are what the bot's configuration gives them."""

    name: str
    id: str
    real_name: str
    github: str | None
    roles: tuple[str, ...] = ()
    guest: bool = False
    bot: bool = False
    time_zone: str = "Europe/Berlin"


PEOPLE = (
    Person("ana", "U0ANA", "Ana Alvarez", "ana-acme", ("deployer",)),
    Person("bo", "U0BO", "Bo Berg", "bo-acme", ("deployer", "approver")),
    Person("cy", "U0CY", "Cy Chen", "cy-acme", time_zone="America/New_York"),
    Person("dee", "U0DEE", "Dee Diallo", "dee-acme", ("approver", "lead", "admin")),
    Person("eve", "U0EVE", "Eve Ekman", None, guest=True),
    Person("gonogo-other-bot", "U0OTHERBOT", "Another bot", None, bot=True),
)
ROLES = ("deployer", "approver", "lead", "admin")
