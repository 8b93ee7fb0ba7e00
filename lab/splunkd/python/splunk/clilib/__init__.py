"""`splunk.clilib`: paths and conf values."""
