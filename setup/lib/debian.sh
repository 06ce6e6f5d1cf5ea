# shellcheck shell=bash
# Debian packages: installed when we are root, unpacked below WORK when we are not.

DEB_PREFIX="$WORK/debian"

# apt_mirror: the address of the Debian mirror that this machine itself is set up with.
apt_mirror() {
    apt-get indextargets --format '$(REPO_URI)|$(LABEL)|$(ORIGIN)' 'Created-By: Packages' 2>/dev/null |
        awk -F'|' '$3 == "Debian" && $2 == "Debian" {print $1; exit}'
}

# apt_private NAME SOURCE-LINE…: options that give apt-get a state of its own below WORK.
apt_private() {
    local state="$WORK/apt/$1"
    shift
    mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
    printf '%s\n' "$@" >"$state/sources.list"
    APT_PRIVATE=(
        -o "Dir::Etc::sourcelist=$state/sources.list" -o Dir::Etc::sourceparts=/dev/null
        -o "Dir::State::Lists=$state/lists" -o "Dir::Cache=$state/cache"
        -o Acquire::Check-Valid-Until=false -o Acquire::Languages=none -o Acquire::Retries=3
        -o APT::Sandbox::User= -o Debug::NoLocking=1 -o APT::Get::List-Cleanup=0
    )
}

need_apt() {
    have apt-get || die "this is not a Debian or Ubuntu machine (no apt-get)" \
        "install $* yourself and set ODOO_SOURCE to an Odoo 19 (README.md, 'An Odoo that is already there')"
}

# apt_lists_fresh: root's package lists, fetched once when they are missing or older than a day.
apt_lists_fresh() {
    local newest
    newest=$(find /var/lib/apt/lists -maxdepth 1 -name '*Packages*' -mtime -1 -print -quit 2>/dev/null || true)
    [ -n "$newest" ] || apt-get update -q
}

# deb_install TITLE PACKAGE…: make the packages' programs available.
deb_install() {
    local title="$1"
    shift
    need_apt "$@"
    if is_root; then
        step "$title" deb_install_as_root "$@"
    else
        step "$title (without root: unpacked below $WORK)" deb_unpack_closure "$@"
    fi || die "could not install: $*" "look at the lines above; is the package mirror reachable?"
}

deb_install_as_root() {
    apt_lists_fresh &&
        DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
            -o Dpkg::Use-Pty=0 -o Acquire::Retries=3 "$@"
}

# deb_unpack_closure PACKAGE…: the packages with all they need that this machine lacks, no root needed.
deb_unpack_closure() (
    set -e
    options=(-o Debug::NoLocking=1 -o APT::Sandbox::User=)
    if ! apt-get "${options[@]}" -s install --no-install-recommends "$@" >/dev/null 2>&1; then
        # shellcheck disable=SC1091
        apt_private own "$(own_suite_source)"
        options=("${APT_PRIVATE[@]}")
        apt-get "${options[@]}" -q update
    fi
    mapfile -t missing < <(apt-get "${options[@]}" -s install --no-install-recommends "$@" |
        awk '$1 == "Inst" {print $2}')
    mkdir -p "$WORK/downloads" "$DEB_PREFIX"
    cd "$WORK/downloads"
    [ "${#missing[@]}" -eq 0 ] || apt-get "${options[@]}" -q download "${missing[@]}"
    for package in "${missing[@]}"; do
        dpkg -x "$(newest_deb "$package")" "$DEB_PREFIX"
    done
)

newest_deb() { find "$WORK/downloads" -name "$1_*.deb" -printf '%T@ %p\n' | sort -n | tail -n 1 | cut -d' ' -f2-; }

own_suite_source() {
    local codename
    codename=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
    printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main' "$(apt_mirror)" "$codename"
}

# use_unpacked_debs: let programs of DEB_PREFIX find their libraries.
use_unpacked_debs() {
    local lib
    [ -d "$DEB_PREFIX" ] || return 0
    for lib in "$DEB_PREFIX"/usr/lib/*-linux-gnu "$DEB_PREFIX"/lib/*-linux-gnu; do
        [ ! -d "$lib" ] || LD_LIBRARY_PATH="$lib:${LD_LIBRARY_PATH:-}"
    done
    LD_LIBRARY_PATH="${LD_LIBRARY_PATH%:}"
    PATH="$PATH:$DEB_PREFIX/usr/bin"
    export LD_LIBRARY_PATH PATH
}
