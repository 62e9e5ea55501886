"""Slack: its Web API, both ways in, and who speaks through them."""
