"""The core is pure: it reads no clock, does no I/O, imports nothing of the house, and no float touches money."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import kinline.core

CORE = Path(kinline.core.__file__).parent
MODULES = sorted(CORE.rglob("*.py"))
MONEY = sorted(
    [
        *(CORE / name for name in ("money.py", "caps.py", "state_laws.py")),
        *(CORE / "tariff").glob("*.py"),
        *(CORE / "policy").glob("*.py"),
    ]
)

ALLOWED = {
    "abc",
    "bisect",
    "collections",
    "dataclasses",
    "datetime",
    "enum",
    "functools",
    "hashlib",
    "itertools",
    "operator",
    "phonenumbers",
    "re",
    "statistics",
    "types",
    "typing",
    "unicodedata",
    "zoneinfo",
}
CLOCKS = {"now", "utcnow", "today", "time", "time_ns", "monotonic", "perf_counter"}
RIMS = {"open", "print", "input", "exec", "eval"}


def nodes(module: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(module.read_text()))


def imported(module: Path) -> set[str]:
    names = set()
    for node in nodes(module):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name the whole path"
            names.add(node.module or "")
    return names


def called(module: Path) -> set[str]:
    names = set()
    for node in nodes(module):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Attribute(attr=name) | ast.Name(id=name):
                    names.add(name)
    return names


def name_of(module: Path) -> str:
    return str(module.relative_to(CORE))


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_the_core_imports_itself_and_pure_parts_of_the_library_only(module: Path) -> None:
    foreign = {name for name in imported(module) if name != "kinline.core" and not name.startswith("kinline.core.")}
    assert {name.partition(".")[0] for name in foreign} <= ALLOWED


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_the_core_reads_no_clock_and_does_no_input_or_output(module: Path) -> None:
    assert not called(module) & (CLOCKS | RIMS)


@pytest.mark.parametrize("module", MONEY, ids=name_of)
def test_no_float_touches_money(module: Path) -> None:
    for node in nodes(module):
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), ast.dump(node)
        assert not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)), ast.dump(node)
        assert not (isinstance(node, ast.Name) and node.id == "float"), ast.dump(node)
    assert not called(module) & {"float", "round", "total_seconds"}


def test_there_is_a_core_to_look_at() -> None:
    assert len(MODULES) > 20
    assert all(module.exists() for module in MONEY)
