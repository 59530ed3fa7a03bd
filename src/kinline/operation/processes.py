"""Which of our programs run on this machine for the same data folder."""

import os
from pathlib import Path

PROGRAMS = ("up", "web", "switchboard", "worker")


def of_this_installation(data: Path) -> dict[str, int]:
    """The pid of each running program by its name, read from /proc (ours only: others' cannot be read)."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
            name = _program(words)
            if name and _data_folder(entry) == data.absolute().resolve():
                found[name] = int(entry.name)
        except OSError:  # gone meanwhile, or not ours to see
            continue
    return found


def _program(words: list[bytes]) -> str | None:
    """`python -m kinline web` and `kinline web` are both `web`."""
    texts = [os.fsdecode(word) for word in words]
    for place, text in enumerate(texts[:-1]):
        if text == "kinline" or text.endswith(("/kinline", "/kinline/__main__.py")):
            return texts[place + 1] if texts[place + 1] in PROGRAMS else None
    return None


def _data_folder(process: Path) -> Path:
    environment = dict(
        entry.partition(b"=")[::2] for entry in (process / "environ").read_bytes().split(b"\0") if b"=" in entry
    )
    folder = Path(os.fsdecode(environment.get(b"KINLINE_DATA", b"var")))
    return (Path(os.readlink(process / "cwd")) / folder).resolve()
