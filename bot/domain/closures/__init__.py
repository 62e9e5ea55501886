"""What keeps a place shut: locks, freezes and windows."""
