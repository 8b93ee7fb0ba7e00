"""The inventory input: a snapshot of who and what has power in a tenant, and all its accounts."""

from __future__ import annotations

from typing import Mapping

from okta_itdr.collect.accounts import ACCOUNTS, Accounts
from okta_itdr.collect.argument import Argument
from okta_itdr.collect.inventory_requests import SCOPES
from okta_itdr.collect.run import ACCOUNT, CHECKPOINT, GENERATION, Collector, Run
from okta_itdr.collect.snapshot import SNAPSHOT, Snapshot
from okta_itdr.collect.supervisor import supervise, tell_health
from okta_itdr.okta.errors import NotPermitted
from okta_itdr.trouble import Trouble

ADMINISTRATORS, EVERYONE = "administrators", "everyone"  # whose factors


def collect(run: Run) -> None:
    """Take a snapshot, or go on with the one under way; then write the accounts that have changed."""
    try:
        supervise(run, lambda: _work(run), lambda: tell_health(run))
    except Trouble as trouble:
        tell_health(run, trouble)
        raise
    tell_health(run)


def _work(run: Run) -> None:
    everyone = run.settings.get("factors") == EVERYONE
    if not Snapshot(run, run.checkpoint(SNAPSHOT), everyone).collect():
        return
    if not run.is_on("accounts"):
        return
    try:
        Accounts(run, run.checkpoint(ACCOUNTS)).collect()
    except NotPermitted as refused:
        run.log.warning("The accounts come from the log alone: %s", refused)


def validate(settings: Mapping[str, str]) -> None:
    """Raises Trouble for a choice that is none."""
    if settings.get("factors") not in (None, "", ADMINISTRATORS, EVERYONE):
        raise Trouble(f"Factors are collected of {ADMINISTRATORS} or of {EVERYONE}, not of {settings['factors']!r}.")


INVENTORY = Collector(
    scheme="okta_inventory",
    title="Okta Inventory",
    description="Administrators, roles, factors, policies, tokens and settings of an Okta tenant, and its accounts.",
    parts=(SNAPSHOT, ACCOUNTS),
    scopes=SCOPES,
    every_scope=False,
    arguments=(
        ACCOUNT,
        Argument(
            "factors",
            "Factors of",
            "administrators, or everyone (one request a user): whose factors are collected.",
            required=False,
        ),
        Argument(
            "accounts", "Accounts", "1 or 0: whether all users are listed for the accounts lookup.", required=False
        ),
        CHECKPOINT,
        GENERATION,
    ),
    validate=validate,
    collect=collect,
)
