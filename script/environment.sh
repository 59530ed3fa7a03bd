# Read by the other scripts: `need_command`, `need_pango` and `environment`.

say() { printf '==> %s\n' "$*"; }
fail() { printf '%s\n' "$*" >&2; exit 1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

may_install() {
    [ -z "${KINLINE_NO_APT:-}" ] && command -v apt-get >/dev/null &&
        { [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null && sudo -n true 2>/dev/null; }; }
}

# need_command COMMAND PACKAGE...: the command is there, or its Debian packages are installed, or we say what to install.
need_command() {
    command=$1
    shift
    command -v "$command" >/dev/null || [ -x "$command" ] || need_packages "$@"
}

# need_library FILE PACKAGE...: the same for a shared library that Python loads.
need_library() {
    library=$1
    shift
    PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null | grep -q "$library" || need_packages "$@"
}

# What PDFs are made with.
need_pango() {
    need_library libpango-1.0.so.0 libpango-1.0-0
    need_library libpangoft2-1.0.so.0 libpangoft2-1.0-0
    need_library libharfbuzz-subset.so.0 libharfbuzz-subset0
}

need_packages() {
    may_install || fail "missing: $*. Install with: sudo apt-get install -y $*"
    say "installing Debian packages: $*"
    { as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >/dev/null 2>&1 ||
        { as_root apt-get update -q >/dev/null && as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -q --no-install-recommends "$@" >/dev/null; }; } ||
        fail "could not install: $*. Install with: sudo apt-get install -y $*"
}

# Debian's own first: it is built for speed, and runs our code a fifth faster than one that was built without that.
find_python() {
    for python in /usr/bin/python3.11 python3.11 python3 python3.12 python3.13; do
        if command -v "$python" >/dev/null && "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
            [ "$python" != /usr/bin/python3.11 ] || "$python" -c 'import ensurepip' 2>/dev/null || may_install || continue
            return
        fi
    done
    fail "missing: Python 3.11 or newer. Install with: sudo apt-get install -y python3 python3-venv"
}

# environment FOLDER LOCK: a virtual environment with exactly what LOCK names, and Kinline itself; quick when it is there.
environment() {
    folder=$1 lock=$2
    stamp=$folder/.installed-$lock
    wanted=$(cat "$lock" pyproject.toml | sha256sum | cut -d' ' -f1)
    if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && [ -x "$folder/bin/kinline" ]; then
        return
    fi
    find_python
    if [ ! -x "$folder/bin/pip" ]; then
        say "making $folder with $("$python" --version)"
        "$python" -c 'import ensurepip' 2>/dev/null || need_packages python3-venv
        "$python" -m venv "$folder" || fail "could not make $folder. Install with: sudo apt-get install -y python3-venv"
    fi
    say "installing what $lock names (hashes checked)"
    "$folder/bin/pip" install -q --disable-pip-version-check --require-hashes -r "$lock" ||
        fail "could not install $lock: see above; the network or the package index is not reachable"
    "$folder/bin/pip" install -q --disable-pip-version-check --no-deps --editable . ||
        fail "could not install Kinline itself: see above"
    printf '%s\n' "$wanted" >"$stamp"
}
