"""`splunk.persistconn`: REST handlers as processes that stay (restmap.conf: handlerpersistentmode, scripttype).

How packets are framed between splunkd and such a process is Splunk's own affair, which no app sees: here it is a length
of eight bytes and JSON.
"""
