"""What is said about locks and freezes."""
