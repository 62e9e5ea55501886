"""A local Slack: one workspace, its Web API, Socket Mode, signed HTTP and the people in it."""
