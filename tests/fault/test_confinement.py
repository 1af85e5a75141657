"""Both ways of confining, attacked from inside: files, network, memory, time, output, children."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from evidence.errors import DerivativeFailed, LiuhenError, ToolMissing
from render.confine import MIB, Call, Ended, Limits, Way, run, works
from render.landlocked import REFUSED
from tests.footage import REPOSITORY, give_up, give_up_without

PYTHON = "/usr/bin/python3"
ORDINARY = Limits()


@pytest.fixture(params=[Way.BUBBLEWRAP, Way.LANDLOCK])
def way(request: pytest.FixtureRequest) -> Way:
    give_up_without("ffprobe")
    asked = Way(request.param)
    if not works(asked):
        give_up(f"{asked.value} does not work on this machine", ci=False)
    return asked


@pytest.fixture
def original(tmp_path: Path) -> Path:
    path = tmp_path / "original"
    path.write_bytes(b"evidence")
    return path


def inside(
    way: Way, original: Path, program: str, *arguments: str, limits: Limits = ORDINARY
) -> tuple[Ended, bytes]:
    out = bytearray()
    output = original.parent / "out"
    output.mkdir(exist_ok=True)

    def command(name: str) -> Sequence[str]:
        return [PYTHON, "-I", "-c", program, name, *arguments]

    ended = run(way, Call(command, original, output, limits), sink=out.extend)
    return ended, bytes(out)


READ = "import sys; print(open(sys.argv[{}]).read())"


def test_the_one_file_is_read_and_no_other(way: Way, original: Path) -> None:
    secret = original.with_name("secret")
    secret.write_bytes(b"canary")
    assert inside(way, original, READ.format(1))[1] == b"evidence\n"
    for path in (secret, Path("/etc/passwd"), Path(f"/proc/{os.getpid()}/environ")):
        ended, out = inside(way, original, READ.format(2), str(path))
        assert ended.code != 0, path
        assert out == b""


def test_a_library_may_lie_where_temporary_files_do(way: Way, original: Path) -> None:
    library = original.parent / "library"  # under /tmp, as a checkout of ours may be
    library.mkdir()
    (library / "word").write_text("read")
    output = original.parent / "out"
    output.mkdir()

    def command(_name: str) -> Sequence[str]:
        return [PYTHON, "-I", "-c", READ.format(1), str(library / "word")]

    out = bytearray()
    ended = run(way, Call(command, original, output, ORDINARY, (library,)), sink=out.extend)
    assert (ended.code, bytes(out)) == (0, b"read\n"), ended.said


@pytest.mark.parametrize(
    "attack",
    [
        "open(sys.argv[1], 'r+b').write(b'x')",
        "os.truncate(sys.argv[1], 0)",
        "os.chmod(sys.argv[1], 0o777)",
        "os.unlink(sys.argv[1])",
        "[open(f'/proc/self/fd/{n}', 'r+b').write(b'x') for n in range(3, 20)]",
    ],
)
def test_the_original_cannot_be_changed(way: Way, original: Path, attack: str) -> None:
    mode = original.stat().st_mode
    assert inside(way, original, f"import os, sys; {attack}")[0].code != 0
    assert original.read_bytes() == b"evidence"
    assert original.stat().st_mode == mode


def test_it_writes_into_its_folder_only(way: Way, original: Path) -> None:
    assert inside(way, original, "open('made', 'w').write('x')")[0].code == 0
    assert (original.parent / "out" / "made").read_text() == "x"
    outside = original.parent / "outside"
    assert inside(way, original, "import sys; open(sys.argv[2], 'w')", str(outside))[0].code != 0
    assert not outside.exists()


def test_there_is_no_network(way: Way, original: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        port = server.getsockname()[1]
        program = f"import socket; socket.create_connection(('127.0.0.1', {port}), 5)"
        assert inside(way, original, program)[0].code != 0
        with pytest.raises(TimeoutError):
            server.accept()


def test_memory_is_bounded(way: Way, original: Path) -> None:
    ended, _ = inside(way, original, f"bytearray({1024 * MIB})")
    assert ended.code != 0
    assert "MemoryError" in ended.said


@pytest.mark.parametrize(
    ("program", "code"),
    [
        ("import time; time.sleep(60)", "TIME_LIMIT"),
        ("while True: pass", "TIME_LIMIT"),
        ("f = open('big', 'wb')\nwhile True: f.write(bytes(1 << 20))", "OUTPUT_LIMIT"),
    ],
)
def test_time_and_output_are_bounded(way: Way, original: Path, program: str, code: str) -> None:
    limits = Limits(seconds=2, output=4 * MIB)
    if code == "OUTPUT_LIMIT":
        program = f"import signal; signal.signal(signal.SIGXFSZ, signal.SIG_DFL)\n{program}"
    with pytest.raises(DerivativeFailed) as caught:
        inside(way, original, program, limits=limits)
    assert caught.value.code == code


def test_it_dies_at_its_time(way: Way, original: Path) -> None:
    # Without a rest between: one that writes seldom is hardly ever seen to live a moment longer.
    program = "beat = open('beat', 'ab', buffering=0)\nwhile True: beat.write(b'x')"
    with pytest.raises(DerivativeFailed):
        inside(way, original, program, limits=Limits(seconds=2))
    beat = original.parent / "out" / "beat"
    before = beat.stat().st_size
    assert before > 0
    time.sleep(0.2)
    assert beat.stat().st_size == before


def test_there_are_threads_but_no_processes(way: Way, original: Path) -> None:
    """Or memory and processor would be those of as many processes as it likes."""
    threads = "import threading; t = threading.Thread(target=print, args=('made',)); t.start()"
    assert inside(way, original, threads)[1] == b"made\n"
    for attack in ("os.fork()", "subprocess.run(['/usr/bin/true'])", "os.posix_spawn(*TRUE)"):
        program = f"import os, subprocess; TRUE = ('/usr/bin/true', ['true'], {{}}); {attack}"
        ended, _ = inside(way, original, program)
        assert (ended.code, "PermissionError" in ended.said) == (1, True), attack


PROBES = """
import ctypes, errno, json, sys
libc = ctypes.CDLL(None, use_errno=True)
def refused(number, *arguments):
    return libc.syscall(number, *arguments) == -1 and ctypes.get_errno() == errno.EPERM
left = [name for name, number in json.loads(sys.argv[2]).items() if not refused(number, *[0] * 6)]
print(json.dumps({"left": left, "other's limits": refused(PRLIMIT, int(sys.argv[3]), 7, 0, 0),
                  "own limits": not refused(PRLIMIT, 0, 7, 0, 0)}))
"""


def test_what_it_may_not_ask_of_the_kernel_is_refused(way: Way, original: Path) -> None:
    """Each call by its number, past every library; root or not, it has no rights to make them."""
    place = ("x86_64", "aarch64").index(os.uname().machine)
    numbers = {name: pair[place] for name, pair in REFUSED.items() if pair[place] >= 0}
    assert len(numbers) > 40
    program = PROBES.replace("PRLIMIT", str((302, 261)[place]))
    ended, out = inside(way, original, program, json.dumps(numbers), str(os.getpid()))
    assert ended.code == 0, ended.said
    assert json.loads(out) == {"left": [], "other's limits": True, "own limits": True}


def test_it_has_no_capability(way: Way, original: Path) -> None:
    """Not even where the service is root: its files would be open to it, whoever owns them."""
    program = (
        "import ctypes\n"
        "head, body = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()\n"
        "print(ctypes.CDLL(None).capget(head, body), sum(body))"
    )
    assert inside(way, original, program)[1] == b"0 0\n"


def test_an_ordinary_user_is_confined_as_well() -> None:
    """Services seldom run as root; a user of no group has both ways, and each holds."""
    if os.geteuid() != 0:
        give_up("only root can become another user", ci=False)
    program = "from render import confine as c; print([w.value for w in c.Way if c.works(w)])"
    where = {"PYTHONPATH": str(REPOSITORY), "PATH": os.environ["PATH"]}
    said = subprocess.run(
        [PYTHON, "-c", program],
        user=65534,
        group=65534,
        extra_groups=[],
        env=where,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    if "ModuleNotFoundError" in said.stderr:
        give_up("other users cannot read this checkout", ci=False)
    assert said.returncode == 0, said.stderr
    assert said.stdout.strip() == str([way.value for way in Way if works(way)])


def test_what_did_not_work_is_tried_again(tmp_path: Path) -> None:
    """A service that started before ffmpeg was installed need not be started anew."""
    give_up_without("ffprobe")
    program = "from render import confine as c; print(c.find()); input(); print(c.find())"
    where = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PATH": str(tmp_path / "bin")}
    with subprocess.Popen(
        [sys.executable, "-c", program],
        env=where,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "NONE\n"
        (tmp_path / "bin").symlink_to("/usr/bin")
        said, _ = process.communicate("\n")
    assert said.strip() in {Way.BUBBLEWRAP, Way.LANDLOCK}


def test_without_any_way_nothing_is_run(original: Path) -> None:
    with pytest.raises(ToolMissing) as caught:
        inside(Way.NONE, original, "open('made', 'w')")
    assert caught.value.code == "CONFINEMENT_UNAVAILABLE"
    assert not (original.parent / "out" / "made").exists()


def test_a_broken_tool_is_not_a_bad_recording(way: Way, original: Path) -> None:
    with pytest.raises(LiuhenError) as caught:
        run(way, Call(lambda _: ["/usr/bin/no-such-program"], original))
    assert caught.value.code == "CONFINEMENT_UNAVAILABLE"
