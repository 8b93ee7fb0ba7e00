"""The library behind what Splunk starts. Only `okta_itdr.splunk` knows Splunk; only `okta_itdr.okta` knows Okta."""
