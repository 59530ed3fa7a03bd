"""The rules of the house that no other checker knows."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src/kinline"
MODULES = sorted(SOURCE.rglob("*.py"))
HOMELESS = {"utils", "util", "helpers", "helper", "common", "misc", "base", "manager", "managers", "tools"}
LONGEST = 400
MIGRATIONS = "migrations"


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    return [ROOT / line for line in listed.splitlines() if (ROOT / line).is_file()]


def imports(module: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


def test_every_module_is_named_for_an_idea() -> None:
    assert [name(path) for path in MODULES if path.stem in HOMELESS or path.parent.name in HOMELESS] == []


def test_no_module_grew_past_one_idea() -> None:
    grown = {name(path): len(path.read_text().splitlines()) for path in MODULES if path.parent.name != MIGRATIONS}
    assert {path: lines for path, lines in grown.items() if lines > LONGEST} == {}


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        name(path)
        for path in MODULES
        if path.parent.name != MIGRATIONS
        and path.name != "apps.py"
        and path.read_text().strip()
        and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


@pytest.mark.parametrize("module", [path for path in MODULES if "core" in path.parts], ids=name)
def test_core_reads_no_clock_no_chance_no_file_and_no_network(module: Path) -> None:
    forbidden = {
        "time",
        "random",
        "secrets",
        "os",
        "io",
        "pathlib",
        "socket",
        "asyncio",
        "threading",
        "subprocess",
        "uuid",
    }
    assert {each.partition(".")[0] for each in imports(module)} & forbidden == set()
    assert re.findall(r"\b(?:datetime|date)\.(?:now|today|utcnow)\(", module.read_text()) == []


def test_no_float_touches_money() -> None:
    for room in ("core/money", "core/tariff", "core/caps", "ledger"):
        modules = [
            path for path in MODULES if name(path).removeprefix("src/kinline/").startswith((f"{room}.", f"{room}/"))
        ]
        assert modules, f"{room} has moved"
        for module in modules:
            floats = [
                node.lineno
                for node in ast.walk(ast.parse(module.read_text()))
                if (isinstance(node, ast.Constant) and isinstance(node.value, float))
                or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div))
                or (isinstance(node, ast.Name) and node.id == "float")
            ]
            assert (name(module), floats) == (name(module), [])


def test_no_file_names_a_machine_or_a_registry() -> None:
    addresses = re.compile(
        r"--(?:extra-)?index-url[ =]\S|/(?:home|Users)/[a-z]+/|https?://[\w.-]*(?:pypi|npmjs)[\w.-]*"
    )
    guilty = []
    for path in tracked():
        if path.suffix in {".mo", ".wav", ".png", ".bin", ".dat"} or path == Path(__file__):
            continue
        if addresses.search(path.read_text(errors="replace")):
            guilty.append(name(path))
    assert guilty == []


def test_every_lock_checks_hashes() -> None:
    for lock in ("requirements.lock", "requirements-test.lock"):
        pinned = re.findall(r"^[\w.-]+(?:\[[\w,-]+\])?==\S+(.*)$", (ROOT / lock).read_text(), re.MULTILINE)
        assert len(pinned) > 20
        assert (ROOT / lock).read_text().count("--hash=sha256:") >= len(pinned)
