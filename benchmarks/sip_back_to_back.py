"""Calls set up and torn down per second of CPU: our SIP room as a plain back-to-back user agent, beside sippy's
`b2bua_simple`, in one run, under the same SIPp load.

    python benchmarks/sip_back_to_back.py [--rate 150] [--calls 1500]

Where there are two cores the program under test has core 0 and the load core 1. CPU time is that of the process
from before the load until 35 s after it, when the last timer of RFC 3261 has run out. A call counts only when the
caller heard its 200 to BYE and the called side got a BYE of its own.
"""

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

HERE = Path(__file__).parent
DRAIN = 35.0
TARGET_RATIO = 6.0


@dataclass(frozen=True, slots=True)
class Measured:
    program: str
    calls: int
    failed_caller: int
    failed_called: int
    cpu_ms_per_call: float
    calls_per_cpu_second: float
    left_over: dict[str, int]


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Until the process listens: on a busy machine starting takes its time."""
    entry = f":{port:04X} "
    for _ in range(300):
        if process.poll() is not None:
            raise SystemExit(f"{process.args} did not start")
        if entry in Path("/proc/net/udp").read_text():
            return
        time.sleep(0.1)
    raise SystemExit(f"{process.args} does not listen on port {port}")


def pinned(core: int) -> list[str]:
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2 or shutil.which("taskset") is None:
        return []
    return ["taskset", "-c", str(cores[core])]


def sipp(scenario: str, port: int, calls: int, statistics: Path, *more: str) -> "subprocess.Popen[bytes]":
    command = [
        *pinned(1), "sipp", "-sf", str(HERE / "sipp" / scenario), "-i", "127.0.0.1", "-p", str(port), "-m", str(calls),
        "-nostdin", "-trace_stat", "-stf", str(statistics), "-fd", "1", *more,
    ]  # fmt: skip
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def good_calls(statistics: Path) -> int:
    head, *rows = statistics.read_text().splitlines()
    column = head.split(";").index("SuccessfulCall(C)")
    return int(rows[-1].split(";")[column])


def ended(process: "subprocess.Popen[bytes]", seconds: float) -> None:
    """Wait for a process; SIPp writes its last statistics on SIGUSR1 too."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGUSR1)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def measure(program: str, command: list[str], listen: int, next_port: int, rate: int, calls: int) -> Measured:
    with tempfile.TemporaryDirectory() as folder:
        status = Path(folder, "status.json")
        environment = os.environ | {"SIPLOG_BEND": "none", "PYTHONPATH": str(HERE.parent / "src")}
        tested = subprocess.Popen(
            [*pinned(0), *command, *([str(status)] if program == "kinline" else [])],
            env=environment, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            wait_for(listen, tested)
            time.sleep(1.0)
            before = cpu_seconds(tested.pid)
            # A repeated INVITE on a busy machine is no fault of the program under test.
            called = sipp(
                "called.xml", next_port, calls, Path(folder, "called.csv"), "-default_behaviors", "all,-abortunexp"
            )
            wait_for(next_port, called)
            caller = sipp(
                "caller.xml", free_port(), calls, Path(folder, "caller.csv"), "-s", "+15045550123",
                "-r", str(rate), "-l", str(rate * 20), f"127.0.0.1:{listen}",
            )  # fmt: skip
            ended(caller, calls / rate + 30)
            ended(called, 5)
            time.sleep(DRAIN)
            spent = cpu_seconds(tested.pid) - before
            left_over = {}
            if program == "kinline":
                tested.send_signal(signal.SIGUSR1)
                time.sleep(0.5)
                left_over = json.loads(status.read_text())
            answered = good_calls(Path(folder, "caller.csv"))
            hung_up = good_calls(Path(folder, "called.csv"))
        finally:
            tested.terminate()
            ended(tested, 5)
    good = min(answered, hung_up)
    return Measured(
        program, calls, calls - answered, calls - hung_up, 1000 * spent / max(good, 1), good / spent, left_over
    )


def table(rows: list[Measured]) -> str:
    lines = ["program    calls  failed (caller, called)  CPU ms/call  calls/CPU s"]
    lines += [
        f"{row.program:<9} {row.calls:>6}  {row.failed_caller:>10}, {row.failed_called:<10}  "
        f"{row.cpu_ms_per_call:>13.3f}  {row.calls_per_cpu_second:>11.0f}"
        for row in rows
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rate", type=int, default=150, help="calls a second")
    parser.add_argument("--calls", type=int, default=1500)
    parser.add_argument("--only", choices=["kinline", "sippy"], help="measure one of the two")
    arguments = parser.parse_args()
    if shutil.which("sipp") is None:
        raise SystemExit("SIPp is missing: apt-get install sip-tester")
    rows = []
    for program in ("sippy", "kinline"):
        if arguments.only in (None, program):
            listen, next_port = free_port(), free_port()
            ours = [sys.executable, str(HERE / "back_to_back.py"), str(listen), str(next_port)]
            theirs = [sys.executable, "-m", "sippy.b2bua_simple", "-f", "-l", "127.0.0.1", "-p", str(listen)]
            theirs += ["-n", f"127.0.0.1:{next_port}"]
            command = ours if program == "kinline" else theirs
            rows.append(measure(program, command, listen, next_port, arguments.rate, arguments.calls))
    print(table(rows))
    result: dict[str, object] = {
        "benchmark": "sip_back_to_back",
        "rate": arguments.rate,
        "cores": os.cpu_count(),
        "measured": [asdict(row) for row in rows],
    }
    ours_row = next((row for row in rows if row.program == "kinline"), None)
    theirs_row = next((row for row in rows if row.program == "sippy"), None)
    if ours_row and theirs_row:
        ratio = ours_row.calls_per_cpu_second / theirs_row.calls_per_cpu_second
        result["ratio"] = ratio
        print(f"ratio: {ratio:.1f} times sippy's calls for the same CPU time (wanted: {TARGET_RATIO:.0f})")
        if ratio < TARGET_RATIO:
            print("the ratio is below what is wanted", file=sys.stderr)
    (HERE / "results").mkdir(exist_ok=True)
    (HERE / "results" / "sip_back_to_back.json").write_text(json.dumps(result, indent=2) + "\n")
    if ours_row:
        left = dict(ours_row.left_over)
        legs, over = left.pop("legs"), left.pop("ended")
        left.pop("timers")  # the endpoint's own sweep
        assert not any(left.values()), f"something is left over: {left}"
        assert legs == over == 2 * ours_row.calls, f"{legs} legs began, {over} ended"
        assert ours_row.failed_caller == ours_row.failed_called == 0, "calls failed"
        print("every table is empty, both legs of every call ended")


if __name__ == "__main__":
    main()
