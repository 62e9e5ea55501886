"""The private key of a GitHub App, as GitHub gives it out: RSA, in PEM."""

from pathlib import Path

from pydantic import SecretStr


def read(file: Path) -> SecretStr:
    """The text of a file. Raises ValueError in words for one that cannot be read."""
    try:
        return SecretStr(file.read_text())
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise ValueError(f"{file} cannot be read ({why})") from None


def checked(key: SecretStr) -> SecretStr:
    """The key with its lines apart, also where they were written as one. Raises ValueError for what
    is no such key.
    """
    # Imported where a key is: most teams begin with a token, and this is slow to import.
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    text = key.get_secret_value().replace("\\n", "\n")
    try:
        is_right = isinstance(load_pem_private_key(text.encode(), None), RSAPrivateKey)
    except (ValueError, TypeError):  # a TypeError where it is locked by a password
        is_right = False
    if not is_right:
        raise ValueError("is no RSA private key such as GitHub gives out")
    return SecretStr(text)
