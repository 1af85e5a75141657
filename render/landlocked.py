"""Started as a program of its own: gives its rights away, then becomes the program it is given.

`python -I -S landlocked.py ORIGINAL OUTPUT [LIBRARY...] -- PROGRAM [ARGUMENT...]`

Holds always: before the program begins, it can read system libraries, LIBRARY and ORIGINAL, write
into OUTPUT only, and make no socket, process, signal, mount or change of permissions. Whatever of
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
_PR_SET_SECUREBITS, _PR_CAP_AMBIENT, _CLEAR_ALL = 28, 47, 4
_NO_ROOT_LOCKED = 3
_AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_MACHINES = ("x86_64", "aarch64")

# Name, number on x86_64, number on aarch64 (-1 where there is none).
_TALK = """
socket 41 198, connect 42 203, accept 43 202, bind 49 200, listen 50 201, socketpair 53 199,
io_uring_setup 425 425, shmget 29 194, shmat 30 196, shmctl 31 195, semget 64 190, semop 65 193,
semctl 66 191, semtimedop 220 192, msgget 68 186, msgsnd 69 189, msgrcv 70 188, msgctl 71 187,
mq_open 240 180, mq_unlink 241 181,
"""
"""With these it could talk to somebody."""

_PROCESSES = """
kill 62 129, tkill 200 130, tgkill 234 131, ptrace 101 117, rt_sigqueueinfo 129 138,
rt_tgsigqueueinfo 297 240, pidfd_send_signal 424 424, pidfd_getfd 438 438, kcmp 312 272,
process_vm_readv 310 270, process_vm_writev 311 271, process_madvise 440 440,
process_mrelease 448 448, migrate_pages 256 238, move_pages 279 239, setpriority 141 140,
sched_setaffinity 203 122, sched_setscheduler 144 119, sched_setparam 142 118,
sched_setattr 314 274, ioprio_set 251 30, setsid 112 157, setpgid 109 154, fork 57 -1,
vfork 58 -1,
"""
"""With these it could hurt another process, or make one."""

_FILES = """
chmod 90 -1, fchmod 91 52, fchmodat 268 53, fchmodat2 452 452, chown 92 -1, fchown 93 55,
lchown 94 -1, fchownat 260 54, utime 132 -1, utimes 235 -1, futimesat 261 -1, utimensat 280 88,
setxattr 188 5, lsetxattr 189 6, fsetxattr 190 7, removexattr 197 14, lremovexattr 198 15,
fremovexattr 199 16, setxattrat 463 463, removexattrat 466 466, open_by_handle_at 304 265,
fanotify_init 300 262,
"""
"""Landlock does not govern whose a file is, who may read it and when it was changed."""

_MACHINE = """
mount 165 40, umount2 166 39, pivot_root 155 41, chroot 161 51, open_tree 428 428,
move_mount 429 429, fsopen 430 430, fsconfig 431 431, fsmount 432 432, fspick 433 433,
mount_setattr 442 442, unshare 272 97, setns 308 268, swapon 167 224, swapoff 168 225,
reboot 169 142, acct 163 89, sethostname 170 161, setdomainname 171 162, quotactl 179 60,
settimeofday 164 170, adjtimex 159 171, clock_settime 227 112, clock_adjtime 305 266, iopl 172 -1,
ioperm 173 -1, init_module 175 105, finit_module 313 273, delete_module 176 106,
kexec_load 246 104, kexec_file_load 320 294, syslog 103 116, add_key 248 217, request_key 249 218,
keyctl 250 219, bpf 321 280, perf_event_open 298 241, userfaultfd 323 282,
"""
"""With these it could change the machine, or watch it."""

REFUSED = {
    name: (int(x86_64), int(aarch64))
    for line in f"{_TALK}{_PROCESSES}{_FILES}{_MACHINE}".split(",")
    if line.strip()
    for name, x86_64, aarch64 in [line.split()]
}
"""System calls that answer EPERM, with their numbers on each of `_MACHINES`."""

_CLONE, _CLONE3, _PRLIMIT = (56, 220), (435, 435), (302, 261)
_CLONE_THREAD = 0x10000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
_KILL, _ALLOW, _EPERM, _ENOSYS = 0x80000000, 0x7FFF0000, 0x00050001, 0x00050026
_X32 = 0x40000000


def main(arguments: list[str]) -> None:
    """Confines this process and becomes the program; ends with 126 where that cannot be had."""
    cut = arguments.index("--")
    original, output, *libraries = arguments[:cut]
    try:
        _prctl(_PR_SET_PDEATHSIG, _SIGKILL)
        _prctl(_PR_SET_NO_NEW_PRIVS, 1)
        _restrict_rights()
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


def _restrict_rights() -> None:
    """No capability outlives the start of the program, though the service be root or have some."""
    _prctl(_PR_CAP_AMBIENT, _CLEAR_ALL)
    if os.geteuid() == 0:
        _prctl(_PR_SET_SECUREBITS, _NO_ROOT_LOCKED)


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
    program = refusals()
    if not program:
        raise OSError(0, f"no list of system calls for {os.uname().machine}")
    block = ctypes.create_string_buffer(program, len(program))
    head = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(block))
    _prctl(_PR_SET_SECCOMP, 2, ctypes.create_string_buffer(head, len(head)))


def refusals() -> bytes:
    """The filter of system calls as a BPF program; empty where there is none for this machine.

    Another architecture is killed, what stands in `REFUSED` answers EPERM. Threads may be made and
    processes not: one call's memory and time are those of one process. Limits may be set of itself.
    """
    machine = os.uname().machine
    if machine not in _MACHINES:
        return b""
    place = _MACHINES.index(machine)
    code = [_step(_LOAD, _ARCHITECTURE), _step(_EQUAL, _AUDIT[machine], yes=1)]
    code += [_step(_RETURN, _KILL), _step(_LOAD, _NUMBER)]
    if machine == "x86_64":
        code += [_step(_AT_LEAST, _X32, no=1), _step(_RETURN, _EPERM)]
    for number in sorted({numbers[place] for numbers in REFUSED.values()} - {-1}):
        code += [_step(_EQUAL, number, no=1), _step(_RETURN, _EPERM)]
    # without clone3, whose flags a filter cannot see, threads are made by clone
    code += [_step(_EQUAL, _CLONE3[place], no=1), _step(_RETURN, _ENOSYS)]
    for call, test in ((_CLONE, (_ANY_BIT, _CLONE_THREAD)), (_PRLIMIT, (_EQUAL, 0))):
        code += [_step(_EQUAL, call[place], no=4), _step(_LOAD, _FIRST_ARGUMENT)]
        code += [_step(*test, yes=1), _step(_RETURN, _EPERM), _step(_RETURN, _ALLOW)]
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
