"""Migrations: every change that the tables have seen, in order."""
