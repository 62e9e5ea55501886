"""The grammar of `/deployments notes`."""

from collections.abc import Iterable

from bot.domain.errors import Refusal
from bot.domain.grammar.words import hint, normalise, not_a_version, said_twice
from bot.domain.versions import Version, looks_like_version


def parse_notes(text: str, services: Iterable[str]) -> tuple[Version, str]:
    """`v1.2.1 [service]`, where the one service there is may be left out."""
    names = {name.lower(): name for name in services}
    version: Version | None = None
    service: str | None = None
    for word in normalise(text).split():
        if found := Version.parse(word):
            if version is not None:
                raise said_twice("version")
            version = found
        elif word.lower() in names:
            if service is not None:
                raise said_twice("service")
            service = names[word.lower()]
        elif looks_like_version(word):
            raise not_a_version(word)
        else:
            raise Refusal(
                "unknown_word",
                "I do not understand “{word}”.{hint}",
                word=word,
                hint=hint(word.lower(), names.values(), every=True),
            )
    if version is None:
        raise Refusal(
            "no_version", "Notes of which version? For example: {deployments} notes v1.2.1"
        )
    if service is None and len(names) != 1:
        raise Refusal(
            "which_service",
            "Notes of which service? For example: {deployments} notes {version} {service}",
            version=version,
            service=sorted(names.values())[0],
        )
    return version, service or next(iter(names.values()))
