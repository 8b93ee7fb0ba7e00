"""What `search` and the first pipe match: text → tree → predicate over rows."""
