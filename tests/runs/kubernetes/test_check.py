"""Test connection: the service account of deploy/base has enough and no more, and what is missing is named."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ellip_lab.runs.cluster import EngineCheck, Finding
from ellip_lab.runs.cluster_check import RIGHTS, RUNNER_RIGHTS, check
from ellip_lab.runs.engines.calrissian_start import VERSION

from .conftest import Namespace, long

Without = Callable[[str, str, str], None]


def of(rights: tuple[tuple[str, str, tuple[str, ...]], ...]) -> list[tuple[str, str]]:
    return [(resource, verb) for _, resource, verbs in rights for verb in verbs]


@pytest.fixture
def without(namespace: Namespace) -> Iterator[Without]:
    """Takes a verb away from a role."""
    kept: dict[str, Any] = {}

    def take(role: str, resource: str, verb: str) -> None:
        found = namespace.rbac.read_namespaced_role(role, namespace.name)
        kept.setdefault(role, namespace.rbac.read_namespaced_role(role, namespace.name).rules)
        for rule in found.rules:
            if resource in rule.resources:
                rule.verbs = [one for one in rule.verbs if one != verb]
        found.rules = [rule for rule in found.rules if rule.verbs]
        namespace.rbac.replace_namespaced_role(role, namespace.name, found)

    yield take
    for role, rules in kept.items():
        found = namespace.rbac.read_namespaced_role(role, namespace.name)
        found.rules = rules
        namespace.rbac.replace_namespaced_role(role, namespace.name, found)


def named(found: EngineCheck, name: str) -> Finding:
    return next(one for one in found.findings if one.name == name)


def test_everything_is_there(namespace: Namespace) -> None:
    before = namespace.objects()
    found = check(namespace.settings)
    assert found.works, [one for one in found.findings if not one.works]
    assert found.namespace == namespace.name
    assert {"connection", "claim", "image", "volume", "service account calrissian"} <= {
        one.name for one in found.findings
    }
    assert namespace.objects() == before


@pytest.mark.parametrize(("resource", "verb"), of(RIGHTS))
def test_a_verb_that_is_missing_is_named(
    namespace: Namespace, without: Without, resource: str, verb: str
) -> None:
    without("ellip-studio", resource, verb)
    found = check(namespace.settings, trial=False)
    assert not found.works
    wrong = [one for one in found.findings if not one.works]
    assert [one.name for one in wrong][:1] == [resource]
    assert f"may not {verb}" in wrong[0].message
    assert "kubectl apply" in str(wrong[0].hint)


@pytest.mark.parametrize(("resource", "verb"), of(RUNNER_RIGHTS))
def test_a_verb_that_calrissian_misses_is_named(
    namespace: Namespace, without: Without, resource: str, verb: str
) -> None:
    without("calrissian", resource, verb)
    wrong = named(check(namespace.settings), "service account calrissian")
    assert not wrong.works
    assert f"{verb} {resource}" in wrong.message


def test_the_roles_give_no_more(namespace: Namespace) -> None:
    for role, rights in (("ellip-studio", RIGHTS), ("calrissian", RUNNER_RIGHTS)):
        rules = namespace.rbac.read_namespaced_role(role, namespace.name).rules
        given = {(resource, verb) for rule in rules for resource in rule.resources for verb in rule.verbs}
        assert given == set(of(rights)), role


@pytest.mark.parametrize(
    ("changed", "name", "word"),
    [
        ({"claim": "nowhere"}, "claim", "there is no claim nowhere"),
        pytest.param({"image": "localhost:1/ellip/nowhere:9"}, "image", "Pull", marks=long),
        ({"image": "docker.io/ellip/busybox:1"}, "image", "python3"),
        ({"service_account": "nobody"}, "service account nobody", "nobody"),
        ({"kubeconfig": "/nowhere"}, "connection", "no cluster"),
    ],
)
def test_what_else_is_missing_is_named(
    namespace: Namespace, changed: dict[str, Any], name: str, word: str
) -> None:
    found = check(namespace.settings.model_copy(update=changed))
    assert not found.works
    assert word in named(found, name).message
    assert named(found, name).hint
    assert not [one for one in namespace.objects() if "check" in one]


PROGRAM = """
import calrissian.main as calrissian, importlib.metadata, inspect
called = {name: inspect.getsource(getattr(calrissian, name)) for name in ("main", "install_signal_handler")}
print(importlib.metadata.version("calrissian"), "delete_pods()" in called["main"], "install_signal_handler()" in called["main"],
      "handle_sigterm)" in called["install_signal_handler"])
"""


def test_the_image_has_the_calrissian_that_is_known(namespace: Namespace) -> None:
    # calrissian_start.py replaces two functions by name: they must still be called by it
    said = namespace.on_volume(f"python3 -c {shlex.quote(PROGRAM)}")
    assert said.split() == [VERSION, "True", "True", "True"]


def test_a_volume_that_cannot_be_written_is_named(namespace: Namespace) -> None:
    namespace.on_volume("chmod 755 /calrissian")
    try:
        wrong = named(check(namespace.settings), "volume")
    finally:
        namespace.on_volume("chmod 1777 /calrissian")
    assert not wrong.works
    assert "user 1000 cannot write" in wrong.message
    assert wrong.hint
