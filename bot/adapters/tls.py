"""TLS: the certificates that we trust, read once; every client of its own would read them again."""

import ssl
from functools import cache

import httpx


@cache
def trusted() -> ssl.SSLContext:
    """What Python's certifi trusts, or the file or folder that SSL_CERT_FILE, SSL_CERT_DIR name."""
    return httpx.create_ssl_context()
