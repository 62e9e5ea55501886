"""Go or no-go: what the gates of the checklist read, when they are read again, and who signs."""
