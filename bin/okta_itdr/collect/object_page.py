"""An answer that holds objects: a list, one in a page's body, or a single one; and the way on."""

from __future__ import annotations

from typing import Callable, Dict, List, NamedTuple, Optional

from okta_itdr.okta.answer import Answer
from okta_itdr.okta.errors import unusable
from okta_itdr.okta.links import next_link, own

Object = Dict[str, object]


class ObjectPage(NamedTuple):
    """`next`: the URL that goes on after these objects; None after the last."""

    objects: List[Object]
    next: Optional[str]


def reader(origin: str, inside: str = "", single: bool = False) -> Callable[[Answer], ObjectPage]:
    """Reads answers of the tenant at `origin`. Raises UnusableAnswer and ForeignLink.

    A list goes on by the Link header; one that stands in the body under the name `inside` by `_links.next.href`
    (Okta API reference: "Pagination", and List all users with role assignments). A `single` object ends there.
    """

    def read(answer: Answer) -> ObjectPage:
        body = answer.json()
        if single:
            return ObjectPage(_objects(answer, [body]), None)
        if not inside:
            return ObjectPage(_objects(answer, body), next_link(answer.headers.getlist("Link"), origin))
        if not isinstance(body, dict):
            raise unusable(answer, "it is no object")
        links = body.get("_links")
        following = links.get("next") if isinstance(links, dict) else None
        href = following.get("href") if isinstance(following, dict) else None
        return ObjectPage(_objects(answer, body.get(inside)), own(href, origin) if isinstance(href, str) else None)

    return read


def _objects(answer: Answer, body: object) -> List[Object]:
    if not isinstance(body, list) or not all(isinstance(each, dict) for each in body):
        raise unusable(answer, "it is no list of objects")
    return body
