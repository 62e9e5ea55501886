"""What is said about incidents."""
