"""gonogo: ships, rolls back and handles outages from Slack."""
