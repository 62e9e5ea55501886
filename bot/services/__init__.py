"""The use cases: what people ask for (inside one transaction) and the steps of the tick (around
effects).
"""
