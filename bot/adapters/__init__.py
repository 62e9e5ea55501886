"""One module or package for each outside system; they implement the ports, and bot.app puts them
together.
"""
