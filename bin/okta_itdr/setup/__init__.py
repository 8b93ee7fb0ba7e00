"""Set-up: what is still missing before the add-on watches, and what one click changes about it, there and back."""
