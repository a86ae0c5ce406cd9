"""`deploy.ps1`, read by its syntax tree: its parameters, and that it calls what `scripts/deploy` calls."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import tree_sitter_powershell
from tree_sitter import Language, Node, Parser

from tests.infrastructure.recording import CHECKOUT, Recorder

SOURCE = (CHECKOUT / "deploy.ps1").read_bytes()
TREE = Parser(Language(tree_sitter_powershell.language())).parse(SOURCE)
ACTIONS = ["apply", "diff", "status", "logs", "rollback", "build", "push"]
DEPLOYMENTS = ["web", "celery-worker", "celery-beat"]


def text(node: Node) -> str:
    return SOURCE[node.start_byte : node.end_byte].decode()


def found(node: Node, kind: str) -> Iterator[Node]:
    """Nodes of a kind below a node, in the order of the text; not below one another."""
    for child in node.named_children:
        if child.type == kind:
            yield child
        else:
            yield from found(child, kind)


def parameters() -> dict[str, Node]:
    (block,) = found(TREE.root_node, "param_block")
    return {
        text(next(found(parameter, "variable"))).removeprefix("$"): parameter
        for parameter in found(block, "script_parameter")
    }


def attribute(parameter: Node, name: str) -> str:
    """The text in brackets after an attribute's name, '' where there is none."""
    for each in found(parameter, "attribute"):
        label, _, inside = text(each).strip("[]").partition("(")
        if label == name:
            return inside.removesuffix(")")
    return ""


def allowed(parameter: Node) -> list[str]:
    return [word.strip(" '") for word in attribute(parameter, "ValidateSet").split(",")]


# --- Parameters -------------------------------------------------------------------


def test_its_syntax_is_right() -> None:
    assert not TREE.root_node.has_error


def test_environment_and_action_have_the_documented_positions() -> None:
    named = parameters()

    assert list(named) == ["Environment", "Action", "Image", "Tag", "Force"]
    assert attribute(named["Environment"], "Parameter") == "Position = 0"
    assert attribute(named["Action"], "Parameter") == "Position = 1"


def test_only_the_documented_values_are_allowed() -> None:
    assert allowed(parameters()["Environment"]) == ["development", "production"]
    assert allowed(parameters()["Action"]) == ACTIONS


def test_building_needs_no_environment_and_the_rest_does() -> None:
    assert "Mandatory" not in text(parameters()["Environment"])
    assert (
        b"if ($Action -notin @('build', 'push')) {\n    if (-not $Environment)"
        in SOURCE
    )


def test_defaults_change_nothing() -> None:
    assert text(parameters()["Action"]).endswith("$Action = 'status'")
    assert text(parameters()["Image"]).endswith("= 'ghcr.io/your-org/ecommerce'")


def test_an_image_that_cannot_be_deployed_is_refused_as_in_the_shell() -> None:
    shell = (CHECKOUT / "scripts/deploy").read_text()

    for words in (
        "beside it: without, the overlay's image is deployed.",
        "to deploy, name the image without its tag, which is",
    ):
        assert words in shell
        assert words in SOURCE.decode()
    pattern = attribute(parameters()["Tag"], "ValidatePattern").strip("'")
    for tag, is_one in (
        *(("v1.0.0", True), ("", True), ("-v1", False), ("v 1", False)),
        *(("v1.0.0@sha256:0a", True), ("v1.0.0@sha256:xy", False)),
    ):
        assert bool(re.match(pattern, tag)) == is_one


def test_it_can_be_tried_without_doing_anything() -> None:
    assert b"[CmdletBinding(SupportsShouldProcess = $true)]" in SOURCE
    (invoke,) = (
        node
        for node in found(TREE.root_node, "function_statement")
        if text(node).startswith("function Invoke-Program")
    )
    assert text(invoke).index("$WhatIfPreference") < text(invoke).index("& $Program")


def test_a_missing_program_is_named_before_it_is_called() -> None:
    callers = [
        text(node)
        for node in found(TREE.root_node, "function_statement")
        if "& " in text(node)
    ]

    assert len(callers) == 2
    assert SOURCE.count(b"& ") == 3
    for caller in callers:
        assert caller.index("Assert-Program") < caller.index("& ")


def test_whatever_changes_production_asks_first() -> None:
    for action in ("apply", "rollback"):
        assert next(commands(clause(action))).startswith("Confirm-Production")
    assert b"$answer -cne $expected" in SOURCE


def test_another_release_than_the_clusters_is_named_before_it_is_deployed() -> None:
    shell = (CHECKOUT / "scripts/deploy").read_text()
    (confirm,) = (
        text(node)
        for node in found(TREE.root_node, "function_statement")
        if text(node).startswith("function Confirm-Production")
    )

    assert "this checkout is $overlay. TAG=$overlay deploys it nevertheless." in shell
    assert (
        "this checkout is $overlay. -Tag $overlay deploys it nevertheless." in confirm
    )
    # --force takes away the question only.
    assert confirm.index("deploys it nevertheless") < confirm.index(
        "    return\n    }\n    $context"
    )
    assert "$expected = $overlay" in confirm


def test_it_leaves_the_caller_in_the_folder_it_was_called_from() -> None:
    """A script shares the location of its session: what it changes, it puts back."""
    (attempt,) = found(TREE.root_node, "try_statement")
    (last,) = found(attempt, "finally_clause")
    after_push = SOURCE[SOURCE.index(b"Push-Location -Path $PSScriptRoot") :]

    assert b"Set-Location" not in SOURCE
    assert after_push.split(b"\n")[1] == b"try {"
    assert list(commands(last))[-1] == "Pop-Location"


# --- The same commands as the shell's ----------------------------------------------


def clause(action: str) -> Node:
    (switch,) = found(TREE.root_node, "switch_statement")
    for each in found(switch, "switch_clause"):
        if text(next(found(each, "switch_clause_condition"))).strip("'") == action:
            return each
    raise AssertionError(action)


def commands(node: Node) -> Iterator[str]:
    for command in found(node, "command"):
        yield text(command)


def called(node: Node, values: dict[str, str]) -> Iterator[list[str]]:
    """The calls of programs below a node with ``values`` for its variables; functions are followed."""
    functions = {
        text(next(found(function, "function_name"))): function
        for function in found(TREE.root_node, "function_statement")
    }
    for child in node.named_children:
        if child.type == "foreach_statement":
            (variable, words, body) = child.named_children
            for word in found(words, "verbatim_string_characters"):
                name = text(variable).removeprefix("$")
                yield from called(body, values | {name: text(word).strip("'")})
        elif child.type == "command":
            name = text(next(found(child, "command_name")))
            if name == "Invoke-Program":
                yield [
                    text(next(found(child, "generic_token"))),
                    *words_of(child, values),
                ]
            elif name == "Wait-Rollout":
                yield from called(functions[name], values)
        elif child.type != "switch_clause_condition":
            yield from called(child, values)


def words_of(command: Node, values: dict[str, str]) -> list[str]:
    """The strings of the first array among the arguments."""
    array = next(found(command, "array_expression"))
    words = []
    for element in found(array, "unary_expression"):
        word = text(element).strip("'\"")
        for name, value in values.items():
            word = word.replace(f"${{{name}}}", value).replace(f"${name}", value)
        assert "$" not in word, word
        words.append(word)
    return words


@pytest.mark.parametrize("environment", ["development", "production"])
@pytest.mark.parametrize("action", ACTIONS)
def test_it_calls_what_the_shell_calls(
    tmp_path: Path, environment: str, action: str
) -> None:
    values = {
        "namespace": "ecommerce",
        "folder": f"k8s/overlays/{environment}",
        "Image": "ghcr.io/your-org/ecommerce",
        "Tag": "latest",
    }
    words = [action] if action in {"build", "push"} else [environment, action]
    recorder = Recorder(tmp_path, answers={})

    shell = recorder.run("scripts/deploy", *words, "--dry-run").stdout.splitlines()

    # Windows has no shell to run the preflight with.
    shell = [line for line in shell if not line.startswith("scripts/")]
    assert [" ".join(call) for call in called(clause(action), values)] == shell


def test_every_example_is_a_documented_use() -> None:
    for line in (
        r".\deploy.ps1 development apply",
        r".\deploy.ps1 production apply",
        r".\deploy.ps1 production status",
        r".\deploy.ps1 -Action build",
    ):
        assert line.encode() in SOURCE
