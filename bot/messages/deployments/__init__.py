"""What is said about deployments: the card, its thread, and the channel."""
