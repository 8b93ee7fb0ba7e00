"""The ledgers: what searches remember in the KV store between their runs."""
