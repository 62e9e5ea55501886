"""GitHub by PyGithub: worker threads, one request a call, and nothing of the library outside."""

from bot.adapters.github.adapter import PyGithubAdapter
from bot.adapters.github.installation import Installation
from bot.adapters.github.mirrors import GitHubMirrors
from bot.adapters.github.releases import GitHubReleases

__all__ = ["GitHubMirrors", "GitHubReleases", "Installation", "PyGithubAdapter"]
