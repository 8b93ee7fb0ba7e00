"""Where the lab keeps what Splunk keeps: events in an append-only file, documents in KV collections."""
