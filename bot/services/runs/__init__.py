"""Runs at GitHub: sent once, found again, watched, held at a gate, or started by somebody else."""
