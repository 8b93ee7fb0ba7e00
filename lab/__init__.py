"""The lab: runs the packaged add-on where there is no Splunk. Never shipped."""
