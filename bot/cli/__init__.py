"""The commands of `gonogo` besides `serve` and what looks at a whole installation."""
