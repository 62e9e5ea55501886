"""Markdown: foreign text in what is written at GitHub."""

_MARKUP = str.maketrans({c: f"\\{c}" for c in "\\`*_[]<>#|~"})


def plain(text: str) -> str:
    """Foreign text that neither mentions anybody nor is markup."""
    return " ".join(str(text).split()).translate(_MARKUP).replace("@", "@\u200b")
