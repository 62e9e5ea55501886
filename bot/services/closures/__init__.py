"""What keeps a place shut: locks, freezes, and whether it is open at this moment."""
