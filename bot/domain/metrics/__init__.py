"""How well a team delivers: measures, goals, trends and their pictures."""
