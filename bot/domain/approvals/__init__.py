"""Who may approve, here or at GitHub's gate."""
