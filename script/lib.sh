# shellcheck shell=bash
# What the scripts beside this file share. Sourced, never run.
#
# Holds always:
# - A finished set-up is named by .venv/.liuhen-setup, written last and by rename: whatever was
#   interrupted before that is thrown away and built again.
# - One set-up at a time per checkout (.setup/lock); a second one waits, then finds it done.
# - Nothing here chooses where packages come from: pip and apt follow the machine's own settings.
# - What cannot be had ends in a plain sentence and exit code 3, with the details in .setup/setup.log.

set -euo pipefail

LIB_DIR="$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")"
ROOT="$(dirname -- "$LIB_DIR")"
STATE="$ROOT/.setup"
LOG="$STATE/setup.log"
VENV="$ROOT/.venv"
PYTHON="$VENV/bin/python"
STAMP="$VENV/.liuhen-setup"
RECIPE=1 # raise it when the way the environment is built changes

say() {
    printf '%s\n' "$*" >&2
}

# give_up WHAT_HAPPENED WHAT_IS_SAFE WHAT_TO_DO: three sentences, exit code 3.
give_up() {
    say "$1"
    say "$2"
    say "$3"
    exit 3
}

nothing_touched="No recording, card or vault was touched."

# logged COMMAND...: output to the log. The command holds the lock too, so an orphan of a killed
# set-up is waited for, not raced.
logged() {
    printf '\n$ %s\n' "$*" >>"$LOG"
    "$@" >>"$LOG" 2>&1 </dev/null
}

# locked COMMAND...: runs a function as the only set-up of this checkout.
locked() {
    if ! { mkdir -p -- "$STATE" && touch -- "$STATE/lock"; } 2>/dev/null; then
        give_up "The folder $ROOT cannot be written." "$nothing_touched" \
            "Make it writable for $(id -un), or free space on its disk, and run this again."
    fi
    (
        if ! flock --nonblock 9; then
            say "Another set-up of this checkout is running: waiting for it."
            flock 9
        fi
        "$@"
    ) 9>>"$STATE/lock"
}

# --- programs of the system -------------------------------------------------------------------

can_be_root() {
    [ "$(id -u)" -eq 0 ] && return 0
    command -v sudo >/dev/null || return 1
    [ -t 0 ] || sudo -n true 2>/dev/null
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -- "$@"; fi
}

apt_try() {
    logged as_root env DEBIAN_FRONTEND=noninteractive apt-get -y -q --no-install-recommends \
        -o DPkg::Lock::Timeout=300 -o Acquire::Retries=1 install "$@" 9>&- # may start daemons
}

# apt_install PACKAGE...: the package lists are fetched only when the first try fails.
apt_install() {
    command -v apt-get >/dev/null && can_be_root || return 1
    if [ "$(id -u)" -ne 0 ] && ! sudo -n true 2>/dev/null; then
        sudo -v || return 1 # ask for the password before the output goes to the log
    fi
    say "Installing $* (by apt; log: $LOG)."
    apt_try "$@" && return 0
    # A source that does not answer makes this fail although the others were fetched: the second
    # try decides.
    logged as_root apt-get -q -o DPkg::Lock::Timeout=300 -o Acquire::Retries=1 update || true
    apt_try "$@"
}

have() {
    command -v "$1" >/dev/null 2>&1
}

have_font() {
    [ -n "$(find /usr/share/fonts /usr/local/share/fonts -name '*.ttf' -print -quit 2>/dev/null)" ]
}

install_demo_tools() {
    local packages=()
    if ! have ffmpeg || ! have ffprobe; then packages+=(ffmpeg); fi
    if ! have_font; then packages+=(fonts-dejavu-core); fi
    if ! have bwrap; then packages+=(bubblewrap); fi
    [ "${#packages[@]}" -eq 0 ] || apt_install "${packages[@]}" || true
}

# demo_tools: ffmpeg must be there; a font only lets the picture show its clock, and without
# bubblewrap previews are made under landlock, or not at all.
demo_tools() {
    if ! have ffmpeg || ! have ffprobe || ! have_font || ! have bwrap; then
        locked install_demo_tools
    fi
    if ! have ffmpeg || ! have ffprobe; then
        give_up "ffmpeg is missing and could not be installed (as $(id -un), log: $LOG)." \
            "$nothing_touched" \
            "Have an administrator run: apt-get install ffmpeg fonts-dejavu-core. Then run this again."
    fi
}

missing_test_packages() {
    have strace || echo strace
    have fusermount3 || echo fuse3
    have mount.exfat-fuse || echo exfat-fuse
    have mkfs.exfat || echo exfatprogs
    have setpriv && have unshare && have prlimit || echo util-linux
    have mount || echo mount
    have git || echo git
    have ffmpeg && have ffprobe || echo ffmpeg
    have bwrap || echo bubblewrap
    have chromium || echo chromium
    have_font || echo fonts-dejavu-core
}

install_test_tools() {
    local packages=()
    mapfile -t packages < <(missing_test_packages)
    [ "${#packages[@]}" -eq 0 ] || apt_install "${packages[@]}" || true
}

# test_tools: without them some tests are skipped and say so; in CI that is a failure.
test_tools() {
    local left
    [ -n "$(missing_test_packages)" ] || return 0
    locked install_test_tools
    left="$(missing_test_packages | tr '\n' ' ')"
    [ -n "$left" ] || return 0
    if [ -n "${CI:-}" ]; then
        give_up "These packages are missing and could not be installed: $left" \
            "$nothing_touched" "Install them by apt and run this again: in CI no test may be left out."
    fi
    say "Missing and not to be had here: $left- the tests that need them will say that they are skipped."
}

# --- Python -----------------------------------------------------------------------------------

python_is_new_enough() {
    "$1" -I -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

python_can_make_environments() {
    "$1" -I -c 'import ensurepip, venv' >/dev/null 2>&1
}

python_candidates() {
    local name
    for name in python3 python3.11 python3.12 python3.13 /usr/bin/python3; do
        if have "$name" && python_is_new_enough "$name"; then echo "$name"; fi
    done
}

# usable_python: prints the first Python >= 3.11 that can make environments.
usable_python() {
    local name
    while read -r name; do
        if python_can_make_environments "$name"; then
            echo "$name"
            return 0
        fi
    done < <(python_candidates)
    return 1
}

install_python() {
    local name version
    name="$(python_candidates | tail -n 1)"
    if [ -z "$name" ]; then
        apt_install python3 python3-venv || true
        usable_python >/dev/null || apt_install python3.11 python3.11-venv || true
        return 0
    fi
    version="$("$name" -I -c 'import sys; print("%d.%d" % sys.version_info[:2])')"
    apt_install "python$version-venv" || apt_install python3-venv || true
}

make_environment() {
    local python
    if ! python="$(usable_python)"; then
        install_python
        python="$(usable_python)" || give_up \
            "There is no Python 3.11 or newer with its venv module, and it could not be installed (log: $LOG)." \
            "$nothing_touched" \
            "Have an administrator run: apt-get install python3 python3-venv. Then run this again."
    fi
    rm -rf -- "$VENV"
    logged "$python" -I -m venv "$VENV" || pip_trouble "The Python environment could not be made"
}

# pip_trouble WHAT: says which of the usual reasons the log shows.
pip_trouble() {
    local why="the end of $LOG says why"
    if grep -q 'No space left' "$LOG"; then
        why="the disk is full"
    elif grep -q 'DO NOT MATCH THE HASHES' "$LOG"; then
        why="a package is not the one whose digest the lock file names, so it was refused"
    elif grep -qE 'Could not find a version|Max retries|Temporary failure in name|timed out' "$LOG"; then
        why="a package could not be fetched from the package index this machine is set to"
    fi
    give_up "$1: $why." \
        "$nothing_touched The unfinished environment is not used." \
        "Put that right and run this again: it starts the set-up afresh."
}

pip_install() {
    logged "$PYTHON" -I -m pip install --no-input --disable-pip-version-check --quiet "$@"
}

lock_digest() {
    sha256sum <"$ROOT/requirements/$1.lock" | cut -c 1-64
}

# environment_key KIND: what a finished environment of that kind would be called.
environment_key() {
    local version
    version="$("$PYTHON" -I -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)" || version=none
    printf '%s %s %s %s %s\n' "$RECIPE" "$1" "$(lock_digest "$1")" "$version" "$ROOT"
}

project_key() {
    sha256sum <"$ROOT/pyproject.toml" | cut -c 1-64
}

stamped() {
    sed -n "${1}p" "$STAMP" 2>/dev/null || true
}

# environment_is KIND: the environment holds what that lock names (dev holds run as well).
environment_is() {
    local name
    name="$(stamped 1)"
    [ -n "$name" ] || return 1
    [ "$name" = "$(environment_key dev)" ] && return 0
    [ "$1" = run ] && [ "$name" = "$(environment_key run)" ]
}

is_ready() {
    environment_is "$1" && [ "$(stamped 2)" = "$(project_key)" ]
}

write_stamp() {
    printf '%s\n%s\n' "$1" "$2" >"$STAMP.new"
    mv -- "$STAMP.new" "$STAMP"
}

# can_be_updated KIND: an environment that was finished here, by this recipe and Python, for an
# older lock or for fewer packages. It is changed in place: a service may be running from it.
can_be_updated() {
    local had want
    read -r -a had <<<"$(stamped 1)"
    read -r -a want <<<"$(environment_key "$1")"
    [ "${#had[@]}" -ge 5 ] || return 1
    [ "${had[*]:0:1} ${had[*]:3}" = "${want[*]:0:1} ${want[*]:3}" ]
}

plain_names() {
    sed -E 's/[ =;@].*//' | tr 'A-Z_.' 'a-z--' | sort -u
}

# remove_what_is_not_locked KIND: a package that the lock no longer names must not hide that we
# still need it.
remove_what_is_not_locked() {
    local extra
    mapfile -t extra < <(comm -23 \
        <("$PYTHON" -I -m pip list --format=freeze --disable-pip-version-check | plain_names) \
        <({ grep -E '^[A-Za-z0-9]' "$ROOT/requirements/$1.lock" && printf '%s\n' pip setuptools wheel uv liuhen; } |
            plain_names))
    [ "${#extra[@]}" -eq 0 ] || logged "$PYTHON" -I -m pip uninstall --yes --quiet "${extra[@]}"
}

install_packages() {
    local kind="$1"
    say "Setting up the Python environment ($kind); the first time this takes about a minute."
    can_be_updated "$kind" || make_environment
    rm -f -- "$STAMP"
    pip_install --require-hashes -r "$ROOT/requirements/$kind.lock" ||
        pip_install --require-hashes -r "$ROOT/requirements/$kind.lock" ||
        pip_trouble "The packages of requirements/$kind.lock could not be installed"
    remove_what_is_not_locked "$kind" || pip_trouble "Packages that are no longer used could not be removed"
}

set_up() {
    local kind="$1"
    if is_ready "$kind"; then return 0; fi # another run did it while we waited
    : >"$LOG"
    case "$(stamped 1)" in "$RECIPE dev "*) kind=dev ;; esac # what was once dev stays dev
    environment_is "$kind" || install_packages "$kind"
    if environment_is dev; then kind=dev; fi
    write_stamp "$(environment_key "$kind")" unfinished # the packages stand even if the next step fails
    pip_install --no-deps --no-build-isolation --editable "$ROOT" ||
        pip_trouble "Liuhen itself could not be installed into its environment"
    write_stamp "$(environment_key "$kind")" "$(project_key)"
    say "Set-up is done."
}

# ensure_environment run|dev: returns at once when the stamp says it is there.
ensure_environment() {
    is_ready "$1" || locked set_up "$1"
}
