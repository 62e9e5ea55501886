"""Kept answers: what GitHub said last and its ETag; an unchanged one is free of the rate limit."""

import threading
from collections import OrderedDict
from contextlib import AbstractContextManager
from dataclasses import dataclass
from weakref import WeakValueDictionary

MOST_CHARACTERS = 16_000_000
LONGEST = 1_000_000
"""A longer answer is a comparison full of patches, and is not asked for again and again."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer's text; `more` says that another page follows, `at` when it was true by
    `time.monotonic`.
    """

    etag: str
    text: str
    more: bool
    at: float


class Kept:
    """The answers used last, shared by all threads and bounded in size."""

    def __init__(self, most: int = MOST_CHARACTERS) -> None:
        self._most = most
        self._size = 0
        self._answers: OrderedDict[str, Answer] = OrderedDict()
        self._lock = threading.Lock()
        self._turns: WeakValueDictionary[str, threading.Lock] = WeakValueDictionary()

    def turn(self, key: str) -> AbstractContextManager[object]:
        """Inside it nobody else asks for the same; who waited finds the answer kept."""
        with self._lock:
            return self._turns.setdefault(key, threading.Lock())

    def get(self, key: str) -> Answer | None:
        """The answer kept under the key."""
        with self._lock:
            found = self._answers.get(key)
            if found is not None:
                self._answers.move_to_end(key)
            return found

    def put(self, key: str, answer: Answer) -> None:
        """Keep an answer in place of the one before; what was not used for longest goes."""
        with self._lock:
            before = self._answers.pop(key, None)
            self._size -= len(before.text) if before else 0
            if not answer.etag or len(answer.text) > LONGEST:
                return
            self._answers[key] = answer
            self._size += len(answer.text)
            while self._size > self._most:
                _, gone = self._answers.popitem(last=False)
                self._size -= len(gone.text)
