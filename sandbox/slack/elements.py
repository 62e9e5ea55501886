"""The limits of Block Kit's elements: buttons, menus and inputs."""

from __future__ import annotations

import re

from sandbox.slack.composition import Problems
from sandbox.slack.kinds import CONTROLS, FIELDS, TEXT_INPUTS
from sandbox.slack.messages import Block

PRESSABLE = CONTROLS - TEXT_INPUTS
ACCESSORIES = PRESSABLE | {"image"}
INPUTS = frozenset(FIELDS)
WITH_OPTIONS = {
    "static_select": 100,
    "multi_static_select": 100,
    "checkboxes": 10,
    "radio_buttons": 10,
    "overflow": 5,
}


def check_element(
    problems: Problems, element: Block, pointer: str, allowed: frozenset[str]
) -> None:
    """Note what is wrong with one element; `allowed` are the kinds that may stand here."""
    kind = element.get("type")
    if not problems.require(kind in allowed, f"{pointer}/type", f"unsupported type: {kind}"):
        return
    if kind == "image":
        check_image(problems, element, pointer)
        return
    problems.string(element.get("action_id"), f"{pointer}/action_id", 255)
    problems.confirm(element.get("confirm"), f"{pointer}/confirm")
    problems.text(
        element.get("placeholder"), f"{pointer}/placeholder", 150, plain=True, optional=True
    )
    if kind == "button":
        _check_button(problems, element, pointer)
    elif kind in WITH_OPTIONS:
        _check_options(problems, element, pointer)
    elif kind in TEXT_INPUTS:
        _check_lengths(problems, element, pointer)


def check_image(problems: Problems, image: Block, pointer: str) -> None:
    """An image as a block or as an element."""
    problems.string(image.get("alt_text"), f"{pointer}/alt_text", 2000, optional=False)
    address = image.get("image_url") or image.get("slack_file")
    problems.require(bool(address), pointer, "missing required field: image_url")
    if (file := image.get("slack_file")) is not None:
        here = f"{pointer}/slack_file"
        named = [name for name in ("id", "url") if isinstance(file, dict) and file.get(name)]
        if problems.require(len(named) == 1, here, "must have either an id or a url"):
            is_id = named == ["url"] or re.fullmatch("F[A-Z0-9]{8,}", str(file["id"]))
            pattern = "input must match regex pattern: ^[F][A-Z0-9]{8,}$"
            problems.require(bool(is_id), f"{here}/id", pattern)
    problems.string(image.get("image_url"), f"{pointer}/image_url", 3000)


def _check_button(problems: Problems, button: Block, pointer: str) -> None:
    problems.text(button.get("text"), f"{pointer}/text", 75, plain=True)
    problems.string(button.get("value"), f"{pointer}/value", 2000, least=0)
    problems.string(button.get("url"), f"{pointer}/url", 3000)
    problems.string(button.get("accessibility_label"), f"{pointer}/accessibility_label", 75)
    problems.one_of(button.get("style"), f"{pointer}/style", ("primary", "danger"))


def _check_options(problems: Problems, element: Block, pointer: str) -> None:
    kind = element["type"]
    most, markup = WITH_OPTIONS[kind], kind in ("checkboxes", "radio_buttons")
    groups = element.get("option_groups")
    if groups is not None and "select" in kind:
        for place, group in enumerate(problems.items(groups, f"{pointer}/option_groups", 100)):
            here = f"{pointer}/option_groups/{place}"
            problems.text(group.get("label"), f"{here}/label", 75, plain=True)
            problems.options(group.get("options"), f"{here}/options", most)
        return
    problems.options(element.get("options"), f"{pointer}/options", most, markup=markup)
    initial = element.get("initial_options") or [element.get("initial_option")]
    offered = element.get("options") or []
    for option in initial:
        known = option is None or option in offered
        problems.require(known, pointer, "initial options must be among the options")


def _check_lengths(problems: Problems, element: Block, pointer: str) -> None:
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    problems.require(0 <= least <= 3000, f"{pointer}/min_length", "must be from 0 to 3000")
    problems.require(1 <= most <= 3000, f"{pointer}/max_length", "must be from 1 to 3000")
    problems.string(element.get("initial_value"), f"{pointer}/initial_value", most, least=0)
