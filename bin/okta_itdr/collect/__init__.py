"""From Okta's answers to events in Splunk, with nothing lost on the way."""
