"""One module or package for each outside system; they implement the ports and are put together by bot.app."""
