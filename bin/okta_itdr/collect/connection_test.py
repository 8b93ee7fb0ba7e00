"""Whether an account can do what the System Log input will do, tried for real and without waiting."""

from __future__ import annotations

from okta_itdr.collect.log_page import PATH, reader
from okta_itdr.okta.client import Client
from okta_itdr.okta.errors import refusal


def try_log(client: Client) -> None:
    """Read one event of the log. Raises Trouble, which names the missing scope or role; a full rate limit is none."""
    answer = client.get(client.url(PATH, limit=1))
    if answer.status == 429:
        return
    if not 200 <= answer.status < 300:
        raise refusal(answer, client.authentication)
    reader(client.origin)(answer)
