"""storage/collections: config and data of the KV store (REST API Reference, "KV store endpoint descriptions")."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, Callable

from lab.knowledge.apps import Apps
from lab.knowledge.permissions import permissions
from lab.splunkd.rest.atom import Entry, Reply, json_reply
from lab.splunkd.rest.objects import Objects
from lab.splunkd.rest.request import Endpoint, Refusal, Request, endpoint
from lab.store.kvstore import Collection, KVStore, KVStoreError, NoSuchCollection, NoSuchDocument, Schema
from lab.store.query import BadQuery, parse_fields, parse_sort

# Splunk's words (Admin Manual, "Troubleshoot KV Store").
_UNREADY = {
    "starting": "KV Store is initializing. Please try again later.",
    "failed": "KV Store initialization failed. Please contact your system administrator.",
}


def endpoints(kvstore: KVStore, apps: Apps, objects: Objects) -> list[Endpoint]:
    """The endpoints over `kvstore`, whose collections are the stanzas of collections.conf."""

    def collection(request: Request, name: str, writes: bool = False) -> Collection:
        if kvstore.status != "ready":
            raise Refusal(503, _UNREADY.get(kvstore.status, f"KV Store is {kvstore.status}."))
        try:
            found = kvstore.collection(request.app, name)
        except NoSuchCollection:
            raise Refusal(404, "Could not find object.") from None
        allowed = permissions(apps, request.app, "collections", name)
        roles = request.authority.roles_of(request.user)
        lets = allowed.lets_write(roles) if writes else allowed.lets_read(roles)
        if not lets and not request.authority.can(request.user, "admin_all_objects"):
            doing = "write" if writes else "read"
            raise Refusal(403, f"User '{request.user}' cannot {doing} the collection {name} of {request.app}.")
        return found

    def entry(request: Request, app: str, name: str) -> Entry:
        schema = kvstore.collection(app, name).schema
        fields = {f"field.{field}": kind for field, kind in schema.types.items()}
        content = {"disabled": False, "enforceTypes": schema.enforced, "replicate": False, **fields}
        allowed = permissions(apps, app, "collections", name)
        return Entry(name, content, app=app, permissions=allowed, links=("list", "edit", "remove"))

    def list_config(request: Request) -> Reply:
        found = [
            entry(request, app, name)
            for app in apps.names
            for name in kvstore.names(app)
            if request.app in ("-", app) or apps.exports(app, "collections", name)
        ]
        return request.page("kvstore-collections", found)

    def create(request: Request) -> Reply:
        name, settings = request.required("name"), request.arguments()
        if name in kvstore.names(request.app):
            raise Refusal(409, f"An object with name={name} already exists")
        _checked(lambda: kvstore.define(request.app, name, settings))
        objects.create(_shared(request), "collections", name, settings)
        return request.feed("kvstore-collections", [entry(request, request.app, name)], status=201)

    def show_config(request: Request, name: str) -> Reply:
        collection(request, name)
        return request.one("kvstore-collections", entry(request, request.app, name))

    def change_config(request: Request, name: str) -> Reply:
        collection(request, name, writes=True)
        settings = request.arguments()
        _checked(lambda: Schema(name, settings))
        objects.change(_shared(request), "collections", name, settings)
        return request.feed("kvstore-collections", [entry(request, request.app, name)])

    def drop(request: Request, name: str) -> Reply:
        collection(request, name, writes=True)
        request.done()
        objects.delete(_shared(request), "collections", name)
        kvstore.drop(request.app, name)
        return request.feed("kvstore-collections", [])

    def query(request: Request, name: str) -> Reply:
        wanted = collection(request, name)
        request.passed_over("shared")  # the lab has no rows of other owners to add
        filter_text, fields, sort = request.argument("query"), request.argument("fields"), request.argument("sort")
        limit, skip = request.integer("limit", 0), request.integer("skip", 0)
        request.done()
        found = _checked(
            lambda: wanted.query(
                _json(filter_text) if filter_text else None,
                fields=parse_fields(fields) or None,
                sort=parse_sort(sort),
                limit=limit,
                skip=skip,
                user=request.owner,
            )
        )
        return json_reply(found)

    def insert(request: Request, name: str) -> Reply:
        wanted = collection(request, name, writes=True)
        request.done()
        key = _checked(lambda: wanted.insert(_document(request), request.owner))
        return json_reply({"_key": key}, 201)

    def delete(request: Request, name: str) -> Reply:
        wanted = collection(request, name, writes=True)
        filter_text = request.argument("query")
        request.done()
        _checked(lambda: wanted.delete(_json(filter_text) if filter_text else None, request.owner))
        return json_reply({})

    def get_document(request: Request, name: str, key: str) -> Reply:
        wanted = collection(request, name)
        request.done()
        return json_reply(_checked(lambda: wanted.get(key, request.owner)))

    def replace_document(request: Request, name: str, key: str) -> Reply:
        wanted = collection(request, name, writes=True)
        request.done()
        return json_reply({"_key": _checked(lambda: wanted.replace(key, _document(request), request.owner))})

    def delete_document(request: Request, name: str, key: str) -> Reply:
        wanted = collection(request, name, writes=True)
        request.done()
        _checked(lambda: wanted.delete_key(key, request.owner))
        return json_reply({})

    def batch_save(request: Request, name: str) -> Reply:
        wanted = collection(request, name, writes=True)
        request.done()
        documents = _json_body(request)
        if not isinstance(documents, list):
            raise Refusal(
                400, "JSON in the request is invalid. ( JSON parse error: an array of documents is expected )"
            )
        return json_reply(_checked(lambda: wanted.batch_save(documents, request.owner)))

    def batch_find(request: Request, name: str) -> Reply:
        """Several queries at once, each an object of the arguments of a query; a list of answers."""
        wanted = collection(request, name)
        request.done()
        queries = _json_body(request)
        if not isinstance(queries, list) or not all(isinstance(one, dict) for one in queries):
            raise Refusal(400, "JSON in the request is invalid. ( JSON parse error: an array of queries is expected )")
        return json_reply([_checked(lambda one=one: _found(wanted, one, request.owner)) for one in queries])

    data = r"storage/collections/data/(?P<name>[^/]+)"
    return [
        endpoint(r"storage/collections/config", GET=list_config, POST=create),
        endpoint(r"storage/collections/config/(?P<name>[^/]+)", GET=show_config, POST=change_config, DELETE=drop),
        endpoint(data + "/batch_save", takes_form=False, speaks_json=True, POST=batch_save),
        endpoint(data + "/batch_find", takes_form=False, speaks_json=True, POST=batch_find),
        endpoint(data, takes_form=False, speaks_json=True, GET=query, POST=insert, DELETE=delete),
        endpoint(
            data + "/(?P<key>.+)",
            takes_form=False,
            speaks_json=True,
            GET=get_document,
            POST=replace_document,
            DELETE=delete_document,
        ),
    ]


def _found(wanted: Collection, query: dict[str, Any], owner: str) -> list[Any]:
    for name in query:
        if name not in ("query", "fields", "sort", "limit", "skip"):
            raise Refusal(400, f"Invalid query: unknown key {name}")
    return wanted.query(
        query.get("query"),
        fields=parse_fields(query.get("fields", "")) or None,
        sort=parse_sort(query.get("sort", "")),
        limit=int(query.get("limit", 0)),
        skip=int(query.get("skip", 0)),
        user=owner,
    )


def _shared(request: Request) -> Request:
    """Collections have no private definition: only their rows belong to users."""
    return replace(request, owner="nobody", namespaced=True, query=(), form=())


def _checked(operation: Callable[[], Any]) -> Any:
    """What the store refuses, as its REST endpoint words it."""
    try:
        return operation()
    except NoSuchDocument:
        raise Refusal(404, "Could not find object.") from None
    except KVStoreError as error:
        raise Refusal(error.status, str(error)) from None
    except BadQuery as error:
        raise Refusal(400, f"Invalid query: {error}") from None


def _document(request: Request) -> Any:
    return _json_body(request)


def _json_body(request: Request) -> Any:
    if not request.content_type.startswith("application/json"):
        raise Refusal(415, "Must supply content-type application/json")
    return _json(request.body.decode("utf-8", "strict"))


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise Refusal(400, f"JSON in the request is invalid. ( JSON parse error: {error} )") from None
