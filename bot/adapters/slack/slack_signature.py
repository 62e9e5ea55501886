"""Signature of Slack: whether the raw bytes of a request were signed with our secret just now."""

import hashlib
import hmac
import re
from collections.abc import Mapping

WINDOW = 300  # seconds of real time around now
TIMESTAMP = re.compile(r"[0-9]{10}")
SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")


def is_signed(headers: Mapping[str, str], body: bytes, secret: bytes, now: float) -> bool:
    """Whether the request has a good signature.

    `now` is in seconds since the epoch. Anything that is not exactly a timestamp and a signature
    as Slack writes them is refused before it is computed with.
    """
    timestamp = headers.get("X-Slack-Request-Timestamp", "")
    signature = headers.get("X-Slack-Signature", "")
    if not (TIMESTAMP.fullmatch(timestamp) and SIGNATURE.fullmatch(signature)):
        return False
    if abs(now - int(timestamp)) > WINDOW:
        return False
    base = b"v0:" + timestamp.encode() + b":" + body
    expected = "v0=" + hmac.new(secret, base, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, signature)
