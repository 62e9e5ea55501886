"""The way back: rehearsed, asked for, switched target by target, and what it leaves behind."""
