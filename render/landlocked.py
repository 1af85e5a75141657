"""Started as a program of its own: gives its rights away, then becomes the program it is given.

`python -I -S landlocked.py ORIGINAL OUTPUT [LIBRARY...] -- PROGRAM [ARGUMENT...]`

Holds always: before the program begins, it can read system libraries, LIBRARY and ORIGINAL, write
into OUTPUT only, and make no socket, process trace, mount or change of permissions. Whatever of
this cannot be had ends with "landlocked: ..." and code 126: nothing is ever run with less.

Uses the kernel's own interfaces through ctypes: landlock(7) from ABI 3 on, where truncation is
governed too, and seccomp(2) in filter mode. It starts before every call, so it imports as little as
it can: `platform` and `signal` alone took as long to load as everything else.
"""

import ctypes
import os
import struct
import sys

_LIBC = ctypes.CDLL(None, use_errno=True)
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_OLDEST_ABI = 3

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_REMOVE_FILE, _MAKE_REG, _TRUNCATE = 1 << 5, 1 << 8, 1 << 14
_ALL_FILES = (1 << 15) - 1
_IOCTL_DEV = 1 << 15  # from ABI 5
_BOTH_TCP = 3  # bind and connect, from ABI 4
_BOTH_SCOPES = 3  # abstract sockets and signals, from ABI 6
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_READ_ONE = _READ_FILE
_WRITE = _READ_FILE | _READ_DIR | _WRITE_FILE | _MAKE_REG | _REMOVE_FILE | _TRUNCATE
_SYSTEM = ("/usr", "/lib", "/lib64", "/bin", "/etc/alternatives")
_SYSTEM_FILES = ("/etc/ld.so.cache", "/dev/null", "/dev/urandom", "/dev/zero")

_SIGKILL = 9
_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 22, 38
_AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_DENIED = {
    # socket connect accept bind listen socketpair kill ptrace mount umount2 unshare setns
    # chmod chown utimensat setxattr in their forms, setsid setpgid, keys, bpf, io_uring, and more
    "x86_64": (
        *(41, 42, 43, 49, 50, 53, 62, 101, 165, 166, 272, 308, 90, 91, 268, 92, 93, 94, 260),
        *(
            112,
            109,
            280,
            188,
            189,
            190,
            248,
            249,
            250,
            321,
            425,
            310,
            311,
            246,
            323,
            298,
            304,
            438,
            452,
        ),
    ),
    "aarch64": (
        *(198, 203, 202, 200, 201, 199, 129, 117, 40, 39, 97, 268, 52, 53, 55, 54, 88, 5, 6, 7),
        *(157, 154, 217, 218, 219, 280, 425, 270, 271, 104, 282, 241, 265, 438, 452),
    ),
}
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_KILL, _ALLOW, _EPERM = 0x80000000, 0x7FFF0000, 0x00050001
_X32 = 0x40000000


def main(arguments: list[str]) -> None:
    """Confines this process and becomes the program; ends with 126 where that cannot be had."""
    cut = arguments.index("--")
    original, output, *libraries = arguments[:cut]
    try:
        _prctl(_PR_SET_PDEATHSIG, _SIGKILL)
        _prctl(_PR_SET_NO_NEW_PRIVS, 1)
        _restrict_files(original, output, libraries=libraries)
        _restrict_calls()
    except OSError as error:
        sys.stderr.write(f"landlocked: {error}\n")
        sys.exit(126)
    try:
        os.execv(arguments[cut + 1], arguments[cut + 1 :])  # noqa: S606 - argv only, no shell
    except OSError as error:
        sys.stderr.write(f"landlocked: {arguments[cut + 1]}: {error}\n")
        sys.exit(127)


def _restrict_files(original: str, output: str, *, libraries: list[str]) -> None:
    abi = _syscall(_CREATE_RULESET, None, 0, 1)
    if abi < _OLDEST_ABI:
        raise OSError(0, f"landlock ABI {abi} does not govern truncation")
    files = _ALL_FILES | (_IOCTL_DEV if abi >= 5 else 0)
    net, scopes = _BOTH_TCP if abi >= 4 else 0, _BOTH_SCOPES if abi >= 6 else 0
    attributes = struct.pack("=QQQ", files, net, scopes)[: 24 if scopes else 16 if net else 8]
    ruleset = _syscall(_CREATE_RULESET, attributes, len(attributes), 0)
    for path in (*_SYSTEM, *libraries):
        if os.path.exists(path):
            _allow(ruleset, path, rights=_READ)
    for path in (*_SYSTEM_FILES, original):
        if os.path.exists(path):
            _allow(ruleset, path, rights=_READ_ONE)
    _allow(ruleset, output, rights=_WRITE)
    _syscall(_RESTRICT_SELF, ruleset, 0)


def _allow(ruleset: int, path: str, *, rights: int) -> None:
    fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not os.path.isdir(path):
            rights &= _EXECUTE | _READ_FILE | _WRITE_FILE | _TRUNCATE
        _syscall(_ADD_RULE, ruleset, 1, struct.pack("=Qi", rights, fd), 0)
    finally:
        os.close(fd)


def _restrict_calls() -> None:
    machine = os.uname().machine
    if machine not in _DENIED:
        raise OSError(0, f"no list of system calls for {machine}")
    program = _filter(_AUDIT[machine], _DENIED[machine], x32=machine == "x86_64")
    block = ctypes.create_string_buffer(program, len(program))
    head = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(block))
    _prctl(_PR_SET_SECCOMP, 2, ctypes.create_string_buffer(head, len(head)))


def _filter(architecture: int, denied: tuple[int, ...], *, x32: bool) -> bytes:
    """A BPF program: another architecture is killed, a denied call answers EPERM."""
    code = [_step(_LOAD, 4), _step(_EQUAL, architecture, yes=1), _step(_RETURN, _KILL)]
    code.append(_step(_LOAD, 0))
    if x32:
        code += [_step(_AT_LEAST, _X32, no=1), _step(_RETURN, _EPERM)]
    for number in denied:
        code += [_step(_EQUAL, number, no=1), _step(_RETURN, _EPERM)]
    return b"".join([*code, _step(_RETURN, _ALLOW)])


def _step(operation: int, value: int, *, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("=HBBI", operation, yes, no, value)


def _prctl(option: int, *values: object) -> None:
    padded = [*values, *[0] * (4 - len(values))]
    arguments = [ctypes.c_ulong(v) if isinstance(v, int) else v for v in padded]
    if _LIBC.prctl(option, *arguments) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _syscall(number: int, *values: object) -> int:
    arguments = [ctypes.c_long(v) if isinstance(v, int) else v for v in values]
    found = int(_LIBC.syscall(ctypes.c_long(number), *arguments))
    if found < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
