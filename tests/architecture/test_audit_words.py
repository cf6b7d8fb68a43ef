"""Every act that the code writes into the audit log has a word for those who read it (R9)."""

import ast
from collections.abc import Iterator
from pathlib import Path

from core.audit import registry

ROOT = Path(__file__).resolve().parents[2]
WRITERS = {"record": 0, "_record": 0, "record_of": 1, "_note": 1, "_write_end": 1}
"""`core.audit.log.record`, and what hands its action on to it: which argument the action is."""


def _calls() -> Iterator[tuple[str, ast.Call]]:
    for folder in ("booking", "charter", "workshops", "site"):
        for path in (ROOT / folder).rglob("*.py"):
            if "migrations" not in path.parts:
                for node in ast.walk(ast.parse(path.read_text())):
                    function = getattr(node, "func", None)
                    name = getattr(function, "attr", getattr(function, "id", ""))
                    if isinstance(node, ast.Call) and name in WRITERS:
                        yield name, node


def _actions(argument: ast.expr) -> Iterator[str]:
    """Return the actions an argument can be; of one put together, the part before its first value and a star."""
    if isinstance(argument, ast.JoinedStr):
        yield "".join(part.value if isinstance(part, ast.Constant) else "*" for part in argument.values)
    elif isinstance(argument, ast.IfExp):
        yield from _actions(argument.body)
        yield from _actions(argument.orelse)
    elif isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        yield argument.value


def _written() -> set[str]:
    return {
        action
        for writer, call in _calls()
        for argument in call.args[WRITERS[writer] : WRITERS[writer] + 1]
        for action in _actions(argument)
    }


def _is_known(action: str, known: dict[str, str]) -> bool:
    start = action.rstrip("*")
    return action in known if start == action else any(one.startswith(start) for one in known)


def test_every_action_has_a_word():
    known = dict(registry.action_choices())
    missing = {action for action in _written() if not _is_known(action, known)}

    assert len(known) > 100
    assert missing == set()


def test_what_an_action_is_done_to_has_a_word():
    subjects = {
        argument.values[0].value.partition(":")[0]
        for writer, call in _calls()
        if writer == "record"
        for argument in call.args[1:2]
        if isinstance(argument, ast.JoinedStr) and isinstance(argument.values[0], ast.Constant)
    }

    assert {subject for subject in subjects if registry.subject_name(subject) == subject} == set()
