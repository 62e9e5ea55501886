"""A deployment: its parts, its states and what moves it, and what is seen of it outside."""
