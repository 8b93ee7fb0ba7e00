"""A Splunk elsewhere, real or emulated, spoken to by splunk-sdk alone: vectors and detection cases run there.

`SPLUNK_TOKEN` in the environment is its authentication token; nothing else of it is ever shown or kept.
"""
