"""Statuspage's API as its client on PyPI knows it, which is generated from Statuspage's own
description: does what it is told on standard input, and says what is wrong with what it saw.
"""

import json
import re
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import atlassian_statuspage as statuspage
from atlassian_statuspage import models
from atlassian_statuspage.rest import ApiException

FREE = "PostPagesPageIdIncidentsIncidentComponents", "PatchPagesPageIdIncidentsIncidentComponents"
"""Described as an object with one field, `component_id`: the id stands for any, as in its texts."""


def faults(form: str, value: Any, where: str = "") -> Iterator[str]:
    """What is wrong with JSON by that form of the description."""
    if value is None or form == "object" or form in FREE:
        return
    if listed := re.fullmatch(r"list\[(.*)\]", form):
        if not isinstance(value, list):
            yield f"{where} is no list"
            return
        for number, one in enumerate(value):
            yield from faults(listed[1], one, f"{where}/{number}")
    elif hasattr(models, form):
        yield from _object(getattr(models, form), value, where)
    elif form in ("datetime", "date"):
        try:
            datetime.fromisoformat(value)
        except (TypeError, ValueError):
            yield f"{where} is no time: {value!r}"
    elif not isinstance(value, {"str": str, "bool": bool, "int": int}[form]):
        yield f"{where} is no {form}: {value!r}"


def _object(model: Any, value: dict[str, Any], where: str) -> Iterator[str]:
    known = {model.attribute_map[name]: name for name in model.swagger_types}
    for name, inner in value.items():
        if name not in known:
            yield f"{where}/{name} is unknown"
            continue
        yield from faults(model.swagger_types[known[name]], inner, f"{where}/{name}")
        try:  # words that it may not be are refused here
            if inner is not None and model.swagger_types[known[name]] == "str":
                setattr(model.__new__(model), known[name], inner)
        except ValueError as error:
            yield f"{where}/{name}: {error}"


def walk(told: dict[str, str]) -> dict[str, Any]:
    """From the first word to the last, by the client."""
    settings = statuspage.Configuration()
    settings.host = told["url"]
    settings.api_key["Authorization"] = told["key"]
    settings.api_key_prefix["Authorization"] = "OAuth"
    client = statuspage.ApiClient(settings)
    incidents, page, part = statuspage.IncidentsApi(client), told["page"], told["component"]
    wrong: list[str] = []

    def seen(form: str) -> None:
        wrong.extend(faults(form, json.loads(client.last_response.data), form))

    first = {"name": "Service outage", "status": "investigating", "body": "We look into it."}
    parts = {"component_ids": [part], "components": {part: "major_outage"}}
    made = incidents.post_pages_page_id_incidents({"incident": first | parts}, page)
    seen("Incident")
    news = {"status": "monitoring", "body": "It is better.", "components": {part: "operational"}}
    incidents.patch_pages_page_id_incidents_incident_id({"incident": news}, page, made.id)
    seen("Incident")
    over = {"status": "resolved", "body": "Over."}
    last = incidents.put_pages_page_id_incidents_incident_id({"incident": over}, page, made.id)
    seen("Incident")
    listed = incidents.get_pages_page_id_incidents(page)
    seen("list[Incident]")
    unresolved = incidents.get_pages_page_id_incidents_unresolved(page)
    seen("list[Incident]")
    found = incidents.get_pages_page_id_incidents_incident_id(page, made.id)
    components = statuspage.ComponentsApi(client).get_pages_page_id_components(page)
    seen("list[Component]")
    refused = []
    for wish in ({"name": ""}, {"name": "x", "status": "dreadful"}):
        try:
            incidents.post_pages_page_id_incidents({"incident": wish}, page)
        except ApiException as error:
            refused.append(error.status)
    settings.api_key["Authorization"] = "other"
    try:
        incidents.get_pages_page_id_incidents(page)
    except ApiException as error:
        refused.append(error.status)
    return {
        "wrong": wrong,
        "refused": refused,
        "status": [last.status, found.status],
        "updates": [one.body for one in found.incident_updates],
        "listed": [one.id == made.id for one in listed],
        "unresolved": len(unresolved),
        "components": [one.status for one in components if one.id == part],
    }


def main() -> None:
    told = json.load(sys.stdin)
    if "bodies" in told:
        wrong = [fault for form, body in told["bodies"] for fault in faults(form, body, form)]
        json.dump({"wrong": wrong}, sys.stdout)
    else:
        json.dump(walk(told), sys.stdout)


main()
