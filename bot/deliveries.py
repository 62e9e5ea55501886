"""Deliveries: GitHub's webhooks, each taken once; they only wake whoever looks for himself."""

from bot.adapters.github.callbacks import callback_in
from bot.adapters.store import SqlStore
from bot.config import Config
from bot.ports import Tx
from bot.services.runs import lookouts, telling

ABOUT_TAGS = frozenset({"create", "delete", "push", "release"})


class Deliveries:
    """`api_url` is where GitHub's API is: a question to our App's own rule comes from there."""

    def __init__(self, store: SqlStore, config: Config, api_url: str) -> None:
        self._store = store
        self._config = config
        self._api_url = api_url
        self._repos = {one.repo.casefold(): one.repo for one in config.services.values()}

    async def remember(self, key: str, event: str, repo: str, question: bytes) -> bool:
        """A delivery is a reason to look at everything that waits for GitHub, the first time it
        comes; one about a tag, at the tags. A question to our App's own rule is kept.

        False for one that came before.
        """
        told = self._repos.get(repo.casefold(), "")
        asked = callback_in(question, self._api_url) if question else None

        def note(tx: Tx) -> bool:
            if not tx.first_time(key, telling.source(event), told):
                return False
            if asked is not None:
                tx.keep_callback(told or asked.repo, asked.run_id, asked.environment, asked.url)
            if told and event in ABOUT_TAGS:
                tx.set_duty(f"tags:{told}", tx.now)
            if told and event == telling.PUSH:
                tx.hurry_remedies(told)
            if told and telling.changes_runs(tx, event, told):
                lookouts.hurry(tx, self._config, told)
            tx.hurry()
            return True

        return await self._store.run(note)
