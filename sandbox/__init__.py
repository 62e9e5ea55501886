"""A local Slack, GitHub and friends over real HTTP and WebSocket, to try and test the bot with."""
