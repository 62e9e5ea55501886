"""How GitHub's API shows things: state in, JSON objects out."""
