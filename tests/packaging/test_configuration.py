"""What the configuration and input pages accept from an administrator, and what they refuse."""

from __future__ import annotations

import json
import re

import pytest

from tools.environment import ROOT

CONFIG = json.loads((ROOT / "globalConfig.json").read_text(encoding="utf-8"))
TABS = {tab.get("name", tab.get("type")): tab for tab in CONFIG["pages"]["configuration"]["tabs"]}
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"


def accepts(entity: dict, value: str) -> bool:
    """As splunktaucclib's REST handlers do: every validator must pass; Pattern is re.match."""
    for validator in entity["validators"]:
        if validator["type"] == "regex" and not re.match(validator["pattern"], value):
            return False
        if validator["type"] == "string" and not validator["minLength"] <= len(value) <= validator["maxLength"]:
            return False
    return True


def account(field: str) -> dict:
    return next(entity for entity in TABS["account"]["entity"] if entity["field"] == field)


def system_log(field: str) -> dict:
    return next(entity for entity in CONFIG["pages"]["inputs"]["services"][0]["entity"] if entity["field"] == field)


@pytest.mark.parametrize(
    "domain", ["example.okta.com", "login.example.com", "okta.example.com:8443", "127.0.0.1:18443"]
)
def test_an_okta_domain_is_accepted(domain: str) -> None:
    assert accepts(account("domain"), domain)


@pytest.mark.parametrize(
    "domain",
    [
        "https://example.okta.com",
        "example.okta.com/",
        "example-admin.okta.com",
        "example.okta.com:",
        "a b.okta.com",
        "",
    ],
)
def test_what_is_no_okta_domain_is_refused(domain: str) -> None:
    assert not accepts(account("domain"), domain)


def test_a_token_pasted_with_its_scheme_or_blanks_is_refused() -> None:
    assert accepts(account("api_token"), "00aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789-_ab")
    assert not accepts(account("api_token"), "SSWS 00aBcDeFgH")
    assert not accepts(account("api_token"), "00aB cD")


def test_the_token_is_stored_encrypted() -> None:
    assert account("api_token")["encrypted"] is True
    assert TABS["proxy"]["password"] is True  # UCC's own password field, which is encrypted


def test_a_private_key_is_accepted_as_okta_or_openssl_writes_it_and_nothing_else() -> None:
    assert account("private_key")["encrypted"] is True
    for text in (
        '{"kty":"RSA","n":"x","d":"y"}',
        "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n",
        "-----BEGIN RSA PRIVATE KEY----- MIIE -----END RSA PRIVATE KEY-----",
    ):
        assert accepts(account("private_key"), text)
    for text in ("MIIEvQIBADANBg", CERTIFICATE, "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----"):
        assert not accepts(account("private_key"), text)


@pytest.mark.parametrize("field", ["rate_share", "backfill_share"])
def test_a_share_is_a_percentage(field: str) -> None:
    assert [text for text in ("1", "50", "100") if not accepts(account(field), text)] == []
    assert [text for text in ("0", "101", "-5", "50%", "half", "1.5", "") if accepts(account(field), text)] == []


def test_what_one_way_of_signing_in_does_not_need_is_not_asked_for() -> None:
    """The form shows the fields of the chosen way alone; neither is required by the handler, which sees both."""
    shown = {
        change["fieldValue"]: {field["fieldId"]: field["display"] for field in change["fieldsToModify"]}
        for change in account("authentication")["modifyFieldsOnValue"]
    }
    assert shown["service_app"] == {"client_id": True, "private_key": True, "key_id": True, "api_token": False}
    assert shown["api_token"] == {"client_id": False, "private_key": False, "key_id": False, "api_token": True}
    assert not any(account(field)["required"] for field in shown["api_token"])


def test_where_the_place_is_kept_cannot_be_changed_later() -> None:
    assert system_log("checkpoint")["options"]["disableonEdit"] is True


def test_certificates_are_accepted_and_private_keys_refused() -> None:
    assert accepts(account("ca_certificates"), CERTIFICATE * 2)
    assert accepts(account("ca_certificates"), f"subject=Example CA\n{CERTIFICATE}")
    assert not accepts(account("ca_certificates"), "MIIB")
    assert not accepts(account("ca_certificates"), f"{CERTIFICATE}-----BEGIN PRIVATE KEY-----\nMIIE\n")


@pytest.mark.parametrize("host", ["proxy", "proxy.example.com", "192.0.2.10", "[2001:db8::10]"])
def test_a_proxy_by_name_or_address_is_accepted(host: str) -> None:
    assert accepts(TABS["proxy"]["host"], host)  # UCC's own rule refuses every name with a dot


@pytest.mark.parametrize("host", ["http://proxy.example.com", "proxy.example.com:3128", "proxy example"])
def test_what_is_no_proxy_host_is_refused(host: str) -> None:
    assert not accepts(TABS["proxy"]["host"], host)


@pytest.mark.parametrize("start", ["2026-10-01", "2026-10-01T08:00:00Z", "2026-10-01T08:00:00.000Z"])
def test_a_start_date_is_accepted(start: str) -> None:
    assert accepts(system_log("start"), start)


@pytest.mark.parametrize("start", ["01.10.2026", "2026-13-01", "2026-10-01T08:00", "2026-10-01 08:00:00", "yesterday"])
def test_what_is_no_start_date_is_refused(start: str) -> None:
    assert not accepts(system_log("start"), start)


def test_every_field_explains_itself() -> None:
    services = [entity for service in CONFIG["pages"]["inputs"]["services"] for entity in service["entity"]]
    entities = TABS["account"]["entity"] + services
    assert [entity["field"] for entity in entities if not entity.get("help")] == []


def test_a_build_leaves_global_config_as_it_is() -> None:
    """ucc-gen rewrites the file in this form; another form would differ in every staging folder."""
    assert (ROOT / "globalConfig.json").read_text(encoding="utf-8") == (
        json.dumps(CONFIG, indent=4, ensure_ascii=False) + "\n"
    )
