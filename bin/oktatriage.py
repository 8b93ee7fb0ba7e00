"""Search command: what became of a finding, or of all findings of an incident."""

import import_declare_test  # noqa: F401  UCC's path set-up: first, always
from okta_itdr.findings.triage import triage
from okta_itdr.splunk.acting_command import run

if __name__ == "__main__":
    run("oktatriage", triage)
