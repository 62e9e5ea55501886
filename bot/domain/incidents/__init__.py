"""Incidents: their states, clocks, promises, causes and what the world is told."""
