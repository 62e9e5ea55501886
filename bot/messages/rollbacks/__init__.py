"""What is said about the way back."""
