"""The `kinline` command as a person meets it."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from kinline.cli import SUBCOMMANDS, main


def kinline(*words: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kinline", *words], capture_output=True, text=True, check=False, cwd=cwd, env=environment
    )


def test_help_names_every_subcommand_and_imports_none_of_them(tmp_path: Path) -> None:
    program = "import sys; from kinline.cli import main\ntry: main(['--help'])\nfinally: print(sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0
    for name, subcommand in SUBCOMMANDS.items():
        assert f"\n    {name}" in done.stdout
        assert f"'{subcommand.module}'" not in done.stdout
    assert "'django'" not in done.stdout
    assert "'numpy'" not in done.stdout


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_every_subcommand_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([name, "--help"])
    assert left.value.code == 0
    assert SUBCOMMANDS[name].purpose in " ".join(capsys.readouterr().out.split())
    assert callable(import_module(SUBCOMMANDS[name].module).run)


def test_an_unknown_subcommand_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["dial"])
    assert left.value.code == 2
    assert "invalid choice: 'dial'" in capsys.readouterr().err


def test_a_setting_that_cannot_be_read_is_said_with_its_variable_in_one_line(tmp_path: Path) -> None:
    done = kinline("up", cwd=tmp_path, KINLINE_SIP_PORT="five")
    assert done.returncode == 2
    assert done.stderr.startswith("setting KINLINE_SIP_PORT: ")
    assert done.stderr.count("\n") == 1
