"""The way back: who may go, to what, by which steps, and what it leaves behind."""
