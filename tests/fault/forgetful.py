"""A file system in memory that forgets, when the power is cut, all that was not made durable.

`python -m tests.fault.forgetful MOUNT SOURCE TARGET [--cut-at N] [--kill-at N] [--lie-at N]
[--keep SEED]` starts with the files of SOURCE. What an fsync of a file covered is durable: its
bytes; what an fsync of a folder covered is durable: its names. Nothing else is, which is all that
POSIX promises. TARGET gets the durable state as plain files: at the cut, or when it is unmounted.

The N-th change (creation, write, new length, fsync, new name, removal; counted from 1) may be
- where the power is cut: it does not happen, the process that asked dies at once by SIGKILL, and
  everything after it is an input/output error;
- where the process that asked is killed though the power stays on.
The N-th write may be a lie: it is answered like any other and not done.
With `--keep`, a coin drawn from SEED decides of each thing that is not durable whether it survives
the cut all the same, as it may on a disk that happened to write it back.

TARGET.changes holds how many changes there were, and `cut`, `killed` or `lied` where one happened.
"""

import argparse
import errno
import os
import signal
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import mfusepy

_BLOCK = 4096
OPTIONS = {"use_ino": True, "hard_remove": True, "entry_timeout": 0, "attr_timeout": 0}
"""Our inode numbers count, and the kernel remembers no names or statuses."""


@dataclass
class Node:
    """A file or folder: as it is now, and as it would be after a power cut."""

    number: int
    mode: int
    data: bytearray = field(default_factory=bytearray)
    kept_mode: int = 0
    kept: bytes = b""
    names: dict[str, "Node"] = field(default_factory=dict)
    kept_names: dict[str, "Node"] = field(default_factory=dict)
    links: int = 1
    made_at: int = field(default_factory=time.time_ns)

    @property
    def is_folder(self) -> bool:
        """Whether it holds names, not bytes."""
        return stat.S_ISDIR(self.mode)

    def make_durable(self) -> None:
        """What an fsync does."""
        self.kept, self.kept_names = bytes(self.data), dict(self.names)
        self.kept_mode = self.mode


@dataclass(frozen=True)
class Plan:
    """At which changes something happens; 0 is never."""

    cut_at: int
    kill_at: int
    lie_at: int
    keep: int | None


class Forgetful(mfusepy.Operations):  # type: ignore[misc]
    """The file system; one thread serves it."""

    use_ns = True

    def __init__(self, source: Path, target: Path, plan: Plan) -> None:
        self._target = target
        self._plan = plan
        self._numbers = 0
        self._nodes: dict[int, Node] = {}
        self._changes = 0
        self._writes = 0
        self._happened: list[str] = []
        self._is_off = False
        self._root = self._load(source)

    def destroy(self, _path: str) -> None:
        """Unmounted: what would be left if the power were cut now goes to the target."""
        if not self._is_off:
            self._cut()

    # Looking

    def getattr(self, path: str, fh: int | None = None) -> dict[str, Any]:
        """Status of a file."""
        return self._status(self._node(path, fh))

    def _status(self, node: Node) -> dict[str, Any]:
        size = len(node.data)
        return {
            "st_ino": node.number,
            "st_mode": node.mode,
            "st_nlink": node.links,
            "st_size": size,
            "st_blocks": -(-size // 512),
            "st_uid": os.getuid(),
            "st_gid": os.getgid(),
            **dict.fromkeys(("st_atime", "st_mtime", "st_ctime"), node.made_at),
        }

    def readdir(self, path: str, fh: int) -> list[tuple[str, dict[str, Any], int]]:
        """Names in a folder, with the numbers that make them visible."""
        folder = self._node(path, fh)
        found = {".": folder, "..": folder, **folder.names}
        return [(name, self._status(node), 0) for name, node in found.items()]

    def statfs(self, _path: str) -> dict[str, int]:
        """A disk with room."""
        some = 1 << 20
        return {
            "f_namemax": 255,
            **dict.fromkeys(("f_bsize", "f_frsize"), _BLOCK),
            **dict.fromkeys(("f_blocks", "f_bfree", "f_bavail"), some),
            **dict.fromkeys(("f_files", "f_ffree", "f_favail"), some),
        }

    def open(self, path: str, _flags: int) -> int:
        """The node's number is the handle."""
        return self._node(path).number

    def opendir(self, path: str) -> int:
        """The same for a folder."""
        return self._node(path).number

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
        """Bytes as they are now."""
        return bytes(self._node(path, fh).data[offset : offset + size])

    def chmod(self, path: str, mode: int) -> int:
        """Permissions; nothing rests on them here."""
        node = self._node(path)
        node.mode = stat.S_IFMT(node.mode) | stat.S_IMODE(mode)
        return 0

    def chown(self, path: str, _uid: int, _gid: int) -> int:
        """Everything belongs to whoever mounts."""
        self._node(path)
        return 0

    def utimens(self, path: str, _times: tuple[int, int] | None = None) -> int:
        """Times are not kept."""
        self._node(path)
        return 0

    # Changing

    def create(self, path: str, mode: int, _info: object = None) -> int:
        """A new, empty file."""
        self._change()
        return self._add(path, stat.S_IFREG | stat.S_IMODE(mode)).number

    def mkdir(self, path: str, mode: int) -> int:
        """A new, empty folder."""
        self._change()
        self._add(path, stat.S_IFDIR | stat.S_IMODE(mode)).links = 2
        return 0

    def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
        """Bytes, not durable yet; or a lie."""
        node = self._node(path, fh)
        if self._change(is_write=True):
            _lengthen(node, offset + len(data))
            node.data[offset : offset + len(data)] = data
        return len(data)

    def truncate(self, path: str, length: int, fh: int | None = None) -> int:
        """A new length."""
        node = self._node(path, fh)
        self._change()
        del node.data[length:]
        _lengthen(node, length)
        return 0

    def fallocate(self, path: str, _mode: int, offset: int, size: int, fh: int) -> int:
        """Room ahead."""
        node = self._node(path, fh)
        self._change()
        _lengthen(node, offset + size)
        return 0

    def fsync(self, path: str, _datasync: int, fh: int) -> int:
        """Makes the bytes of a file durable, not its name."""
        node = self._node(path, fh)
        self._change()
        node.make_durable()
        return 0

    def fsyncdir(self, path: str, _datasync: int, fh: int) -> int:
        """Makes the names in a folder durable."""
        return self.fsync(path, 0, fh)

    def rename(self, old: str, new: str) -> int:
        """Another name, in place of what bore it."""
        (source, before), (target, after) = self._place(old), self._place(new)
        if before not in source.names:
            raise mfusepy.FuseOSError(errno.ENOENT)
        self._change()
        replaced = target.names.get(after)
        target.names[after] = source.names.pop(before)
        if replaced is not None:
            replaced.links = 0
        return 0

    def unlink(self, path: str) -> int:
        """A name goes; open handles keep the bytes."""
        folder, name = self._place(path)
        if name not in folder.names:
            raise mfusepy.FuseOSError(errno.ENOENT)
        self._change()
        folder.names.pop(name).links = 0
        return 0

    def rmdir(self, path: str) -> int:
        """A folder goes."""
        if self._node(path).names:
            raise mfusepy.FuseOSError(errno.ENOTEMPTY)
        return self.unlink(path)

    # Inside

    def _node(self, path: str, handle: int | None = None) -> Node:
        if self._is_off:
            raise mfusepy.FuseOSError(errno.EIO)
        if handle:
            return self._nodes[handle]
        node = self._root
        for part in filter(None, (path or "/").split("/")):
            if part not in node.names:
                raise mfusepy.FuseOSError(errno.ENOENT)
            node = node.names[part]
        return node

    def _place(self, path: str) -> tuple[Node, str]:
        folder, _, name = path.rpartition("/")
        return self._node(folder), name

    def _new(self, mode: int) -> Node:
        self._numbers += 1
        node = Node(self._numbers, mode, kept_mode=mode)
        self._nodes[node.number] = node
        return node

    def _add(self, path: str, mode: int) -> Node:
        folder, name = self._place(path)
        node = folder.names[name] = self._new(mode)
        return node

    def _load(self, source: Path) -> Node:
        """A folder of the real disk, all of it durable."""
        folder = self._new(source.stat().st_mode)
        for path in sorted(source.iterdir()):
            if path.is_dir():
                folder.names[path.name] = self._load(path)
            else:
                node = folder.names[path.name] = self._new(path.stat().st_mode)
                node.data = bytearray(path.read_bytes())
                node.make_durable()
        folder.make_durable()
        return folder

    def _change(self, *, is_write: bool = False) -> bool:
        """Counts a change and does to it what the plan says; False where it is only pretended."""
        self._changes += 1
        if self._changes == self._plan.cut_at:
            self._happened.append("cut")
            self._cut()
            self._kill_who_asked()
            raise mfusepy.FuseOSError(errno.EIO)
        if self._changes == self._plan.kill_at:
            self._happened.append("killed")
            self._kill_who_asked()
            raise mfusepy.FuseOSError(errno.EIO)
        self._writes += is_write
        if is_write and self._writes == self._plan.lie_at:
            self._happened.append("lied")
            return False
        return True

    def _kill_who_asked(self) -> None:
        _, _, thread = mfusepy.fuse_get_context()
        lines = Path(f"/proc/{thread}/status").read_text().splitlines()
        process = next(line.split()[1] for line in lines if line.startswith("Tgid:"))
        os.kill(int(process), signal.SIGKILL)

    def _cut(self) -> None:
        """The power goes: the durable state goes to the target, and the file system is dead."""
        self._is_off = True
        coin = None if self._plan.keep is None else Random(self._plan.keep)
        _write_out(self._root, self._target, coin)
        said = " ".join([str(self._changes), *self._happened])
        Path(f"{self._target}.changes").write_text(said, encoding="utf-8")


def _lengthen(node: Node, length: int) -> None:
    node.data.extend(bytes(max(0, length - len(node.data))))


def _write_out(folder: Node, target: Path, coin: Random | None) -> None:
    target.mkdir(exist_ok=True)
    for name, node in _survivors(folder, coin):
        if node.is_folder:
            _write_out(node, target / name, coin)
        else:
            survives = coin is not None and coin.random() < 0.5
            (target / name).write_bytes(node.data if survives else node.kept)
            (target / name).chmod(stat.S_IMODE(node.kept_mode))


def _survivors(folder: Node, coin: Random | None) -> Iterator[tuple[str, Node]]:
    """Names after the cut: the durable ones, or by a coin those of the last moment."""
    for name in sorted({*folder.names, *folder.kept_names}):
        survives = coin is not None and coin.random() < 0.5
        node = (folder.names if survives else folder.kept_names).get(name)
        if node is not None:
            yield name, node


def main() -> None:
    """Mounts, and returns when it is unmounted."""
    parser = argparse.ArgumentParser()
    for name in ("mount", "source", "target"):
        parser.add_argument(name, type=Path)
    for name in ("--cut-at", "--kill-at", "--lie-at"):
        parser.add_argument(name, type=int, default=0)
    parser.add_argument("--keep", type=int)
    asked = parser.parse_args()
    plan = Plan(asked.cut_at, asked.kill_at, asked.lie_at, asked.keep)
    system = Forgetful(asked.source, asked.target, plan)
    mfusepy.FUSE(system, str(asked.mount), foreground=True, nothreads=True, **OPTIONS)


if __name__ == "__main__":
    main()
