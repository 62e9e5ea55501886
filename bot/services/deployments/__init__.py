"""A deployment from the request to its end: what people decide on it, and the steps of the tick."""
