"""Every word the bot says: facts in, messages out."""
