"""The OpenAPI is valid and holds: Schemathesis sends what it allows (and what it does not)."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import jsonschema_rs
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.generation.modes import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests import town as towns
from tests.town import Town

from lianfang.areas import tree
from lianfang.areas.models import Area, Grant
from lianfang.config.wsgi import application
from lianfang.doors.api.urls import api
from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Duty
from lianfang.kernel.registry import COMMANDS
from lianfang.kernel.verbs import Verb
from lianfang.people import tokens
from lianfang.people.models import Account, Household, Organisation, Person
from lianfang.screening.models import Round

pytestmark = pytest.mark.django_db
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
UUID_TEXT = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")


def document() -> dict[str, Any]:
    return dict(api.get_openapi_schema(path_prefix="/api/"))


@functools.cache
def operations() -> dict[str, Any]:
    """Return the operations of the document by their labels, such as "GET /api/me"."""
    schema = schemathesis.openapi.from_dict(document(), config=schemathesis.Config.discover())
    schema.app = application
    found = {}
    for result in schema.get_all_operations():
        assert isinstance(result, Ok), result
        operation = result.ok()
        found[operation.label] = operation
    return found


LABELS = sorted(operations())
# Of each kind for each operation: fewer the more there are, so that all take about half a minute.
EXAMPLES = int(os.environ.get("LIANFANG_SCHEMATHESIS_EXAMPLES", "0")) or max(4, 600 // len(LABELS))


def test_the_document_is_valid_openapi_3_1() -> None:
    answer = Client().get("/api/openapi.json")
    content = answer.json()
    assert content["openapi"] == "3.1.0"
    assert "Traceback" not in answer.content.decode()
    for name, schema in content["components"]["schemas"].items():
        assert jsonschema_rs.meta.is_valid(
            {**schema, "$schema": "https://json-schema.org/draft/2020-12/schema"}
        ), name
    names = [o["operationId"] for m in content["paths"].values() for o in m.values()]
    assert len(names) == len(set(names))
    refs = set(re.findall(r'"#/components/(\w+)/(\w+)"', answer.content.decode()))
    assert {name for kind, name in refs if name not in content["components"][kind]} == set()


def test_every_command_is_in_the_document() -> None:
    paths = document()["paths"]
    for name, spec in COMMANDS.items():
        if spec.verb is not Verb.TICK:
            operation = paths[f"/api/commands/{name}"]["post"]
            assert operation["x-verb"] == spec.verb
            assert operation["requestBody"]["content"]["application/json"]["schema"]


@pytest.fixture(autouse=True)
def _connection_stays_open() -> Iterator[None]:
    """As Django's own test client does: a request's end must not close the test's connection."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.fixture
def town() -> Town:
    tree.clear()
    made = towns.build()
    made.register(1, "3-2-501", "3-2-502")
    for role in ("administrator", "city_command", "community_lead", "health_officer"):
        if "all" in made.accounts:
            give = {"account_id": str(made.accounts["all"].id), "role": role, "area_id": None}
            towns.do(OPERATOR, "grant.give", give, "")
        else:
            made.hire("all", role, None)
    everybody, round_id = made.actor("all"), str(new_id())
    towns.do(everybody, "organisation.create", {"organisation_id": str(new_id()), "name": "x"}, "")
    day = timezone.localdate().isoformat()
    opened = {"round_id": round_id, "name": "x", "first_day": day, "last_day": day}
    area_ids = [str(made.areas[towns.COMMUNITY].id)]
    towns.do(everybody, "round.open", {**opened, "area_ids": area_ids}, "")
    towns.do(everybody, "round.join", {"round_id": round_id})
    visit = {"round_id": round_id, "household_id": str(made.households["3-2-502"])}
    towns.do(everybody, "household.visit", {**visit, "outcome": "nobody_home"})
    return made


Pool = dict[str, list[str]]


def pool_of(town: Town) -> Pool:
    """Return ids that exist, by the beginning of the fields that name such things."""

    def ids(rows: Any) -> list[str]:
        return [str(i) for i in rows.values_list("id", flat=True)]

    found = {
        "area": ids(Area.objects.filter(level__gte=3)),
        "parent": ids(Area.objects.filter(level__gte=3)),
        "household": ids(Household.objects),
        "into": ids(Household.objects),
        "person": ids(Person.objects),
        "account": ids(Account.objects),
        "duty": ids(Duty.objects),
        "grant": ids(Grant.objects),
        "round": ids(Round.objects),
        "organisation": ids(Organisation.objects),
    }
    assert all(found.values()), found
    return found


def real(value: Any, pool: Pool, name: str = "") -> Any:
    """Put ids that exist in the place of most invented ones, the same for the same value."""
    if isinstance(value, str) and UUID_TEXT.match(value):
        known = pool.get(name.split("_")[0], [])
        number = UUID(value).int
        return known[number % len(known)] if known and number % 5 else value
    if isinstance(value, dict):
        return {k: real(v, pool, k) for k, v in value.items()}
    if isinstance(value, list):
        return [real(v, pool, name) for v in value]
    return value


def plausible(case: Any, pool: Pool) -> None:
    """Let most cases get past the first checks, so that the handlers are met as well."""
    case.body = real(case.body, pool)
    case.path_parameters = real(case.path_parameters or {}, pool)
    if case.query and "cursor" not in case.query:
        case.query = {**case.query, "district": towns.DISTRICT}
    if isinstance(case.body, dict) and len(case.body) % 4:
        for name in ("district", "occurred_at", "mends"):
            case.body.pop(name, None)


@pytest.mark.parametrize("label", LABELS)
def test_the_api_answers_as_documented(town: Town, label: str) -> None:
    token = tokens.make(town.accounts["all"], "schemathesis")[0]
    pool = pool_of(town)
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        try:
            strategy = operations()[label].as_strategy(generation_mode=mode)
        except Unsatisfiable:  # nothing about the operation can be wrong
            continue
        _try(strategy, mode, token, pool)


def _try(strategy: Any, mode: GenerationMode, token: str, pool: Pool) -> None:
    @given(case=strategy)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )
    def run(case: Any) -> None:
        if mode is GenerationMode.POSITIVE:
            plausible(case, pool)
        headers = {
            "Authorization": f"Bearer {token}",
            "Accept-Language": "en",
            "Accept-Encoding": "identity",
        }
        response = case.call(headers=headers)
        case.validate_response(response, checks=CHECKS)

    try:
        run()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE
