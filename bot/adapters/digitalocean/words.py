"""Words: how DigitalOcean says no, and why it would not roll back."""

from collections.abc import Mapping
from typing import Any

WHY_NOT = {
    "incompatible_phase": "it never finished, so there is nothing to go back to",
    "incompatible_result": "it did not succeed",
    "exceeded_revision_limit": "it is older than the app's tier lets you go back",
    "app_pinned": "a rollback pins the app already; commit or revert that one first",
    "database_config_conflict": "its database settings are not those of today",
    "region_conflict": "it was in another region",
}
BUT = {
    "static_site_requires_rebuild": "a static site is built anew, which takes longer",
    "image_source_missing_digest": "an image is named by tag alone, and the tag may have moved",
}


def words(data: Mapping[str, Any]) -> str:
    """What an answer that says no means, in DigitalOcean's own words."""
    return str(data.get("message") or data.get("id") or "")


def condition(known: Mapping[str, str], code: str, message: str, components: list[str]) -> str:
    """A condition of a rollback as a sentence; one that we do not know in its own words."""
    text = known.get(code) or message or code or "DigitalOcean gives no reason"
    return f"{text} ({', '.join(components)})" if components else text
