"""Programs with API tokens and service apps: HR system, Terraform, SCIM, Workflows.

Their events carry `transaction.detail.requestApiTokenId` and a `trs…` session, never a person's cookie.
"""

from __future__ import annotations

from random import Random
from typing import Iterator

from lab.okta import clients, configuration, console, ids, places
from lab.okta.clients import Browser
from lab.okta.day import HOUR, Day
from lab.okta.event import Happening, Seat, app_user, happen, program, thing
from lab.okta.people import Actor
from lab.okta.places import Network
from lab.okta.rates import RATES


def seat_of(rng: Random, day: Day, token: str, browser: Browser, network: Network) -> Seat:
    """The service account that owns the token, from the service's own addresses.

    The SCIM client is moved to another region one day, and stays there.
    """
    organisation = day.organisation
    if token == "scim" and day.wants("token_moves") and day.index >= RATES["token_moves"].value:
        network = places.HR_SERVICE_MOVED
    return program(
        organisation.token_owner(token),
        browser,
        network.line(rng.randrange(6)),
        organisation.tokens[token],
        ids.session_id(rng, "trs"),
    )


def hr_system(day: Day) -> Iterator[Happening]:
    """Newcomers every day, a bulk import now and then: created, activated, put into groups."""
    rng = day.rng("hr_system")
    organisation = day.organisation
    newcomers = day.count("hr_creates", len(organisation.people))
    if day.due("hr_bulk"):
        newcomers += round(RATES["hr_bulk"].value)
    at = day.start + 2 * HOUR
    for number in range(newcomers):
        at += 1 + rng.random() * 4
        seat = seat_of(rng, day, "hr", clients.HR_CONNECTOR, places.HR_SERVICE)
        name = f"{day.date.replace('-', '')}.{number + 1:03d}"
        created = Actor(
            ids.object_id(rng, "00u"), "User", f"new.{name}@{organisation.mail_domain}", f"Newcomer {number + 1}"
        )
        yield from console.create_user(rng, seat, at, created, activate=True)
        uri = f"/api/v1/groups/{organisation.groups[-1].id}/users/{created.id}"
        target = [created.block, organisation.groups[-1].target]
        yield happen(rng, at + 0.7, "group.user_membership.add", seat, uri=uri, target=target)


def terraform(day: Day) -> Iterator[Happening]:
    rng = day.rng("terraform")
    organisation = day.organisation
    for _ in range(day.count("terraform_runs")):
        at = day.start + rng.uniform(7, 20) * HOUR
        seat = seat_of(rng, day, "terraform", clients.TERRAFORM, places.BUILD_RUNNERS)
        group, app = rng.choice(organisation.groups), rng.choice(organisation.apps)
        uri = f"/api/v1/apps/{app.id}/groups/{group.id}"
        target = [group.target, app.target]
        yield happen(rng, at, "group.application_assignment.add", seat, uri=uri, target=target)
        uri = f"/api/v1/apps/{app.id}"
        yield happen(rng, at + 2, "application.lifecycle.update", seat, uri=uri, target=[app.target])
        rule = thing("PolicyRule", ids.object_id(rng, "0pr"), "Group rule", organisation.groups[0].id)
        uri = f"/api/v1/groups/rules/{rule['id']}"
        yield happen(rng, at + 3, "policy.rule.update", seat, uri=uri, target=[rule])
        if rng.random() < RATES["terraform_security"].value:
            names = {"newPolicyRuleName": "Offices", "oldPolicyRuleName": "Office"}
            yield configuration.change_rule(rng, seat, at + 4, organisation.policy, "Offices", names)
            yield configuration.change_zone(rng, seat, at + 5, "Corporate Offices")


def scim(day: Day) -> Iterator[Happening]:
    rng = day.rng("scim")
    organisation = day.organisation
    for _ in range(day.count("scim_pushes", len(organisation.people))):
        at = day.start + rng.uniform(0, 24) * HOUR
        seat = seat_of(rng, day, "scim", clients.SCIM_CLIENT, places.HR_SERVICE)
        user, app = rng.choice(organisation.people).actor, rng.choice(organisation.apps)
        yield console.update_profile(rng, seat, at, user)
        target = [app_user(rng, user), user.block, app.target]
        yield happen(rng, at + 1, "application.provision.user.push_profile", seat, target=target)


def workflows(day: Day) -> Iterator[Happening]:
    """Flows run by Okta Workflows: no session, Okta's own client."""
    rng = day.rng("workflows")
    organisation = day.organisation
    runner = organisation.token_owner("workflows")
    for _ in range(day.count("flows", len(organisation.people))):
        at = day.start + rng.uniform(0, 24) * HOUR
        machine = clients.Machine(clients.WORKFLOWS, "", "")
        seat = Seat(runner, machine, places.OKTA_BACKEND.line(0), cookies=False, client_id=ids.object_id(rng, "0oa"))
        flow = thing("WorkflowsFlow", str(rng.randrange(10_000, 99_999)), "Clean up leavers")
        yield happen(rng, at, "workflows.user.delegatedflow.run", seat, target=[flow], enriched=False)
        user = rng.choice(organisation.people).actor
        group = rng.choice(organisation.groups)
        uri = f"/api/v1/groups/{group.id}/users/{user.id}"
        target = [user.block, group.target]
        yield happen(rng, at + 3, "group.user_membership.remove", seat, uri=uri, target=target, enriched=False)
