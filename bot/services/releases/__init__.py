"""Releases at GitHub: drafted, changed and made."""
