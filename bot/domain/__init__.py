"""The process itself: what may happen, when, and by whom. No I/O and no clock; time is an
argument.
"""
