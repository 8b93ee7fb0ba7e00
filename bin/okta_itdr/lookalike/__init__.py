"""Whether an account's name imitates another's: the comparison of two names, and an index to find what to compare."""
