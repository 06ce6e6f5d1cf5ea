# shellcheck shell=bash
# Odoo 19: the one that ODOO_SOURCE names, else Debian's package, unpacked below WORK.

ODOO_PREFIX="$WORK/odoo"
# What Odoo's package links to; those of the second row come from the machine's own suite.
ODOO_DEBS=(odoo-19 libjs-jquery libjs-jquery-form libjs-underscore fonts-roboto-unhinted fonts-montserrat fonts-ocr-b)
ODOO_DEBS_OWN_SUITE=(fonts-font-awesome fonts-inconsolata)

# odoo_source: the folder that holds the package `odoo` (a checkout, dist-packages, or what we unpacked).
odoo_source() {
    if [ -n "${ODOO_SOURCE:-}" ]; then
        [ -f "$ODOO_SOURCE/odoo/release.py" ] || die "ODOO_SOURCE=$ODOO_SOURCE holds no folder 'odoo' with release.py" \
            "name the folder of an Odoo 19 checkout, or the site-packages folder that Odoo is installed in"
        grep -q 'version_info = (19, 0' "$ODOO_SOURCE/odoo/release.py" ||
            die "ODOO_SOURCE=$ODOO_SOURCE is not Odoo 19.0" "the suite is made for Odoo 19.0"
        (cd "$ODOO_SOURCE" && pwd)
    else
        printf '%s' "$ODOO_PREFIX/usr/lib/python3/dist-packages"
    fi
}

ensure_odoo() {
    local stamp
    if [ -z "${ODOO_SOURCE:-}" ]; then
        stamp=$(stamp_of odoo "$ROOT/setup/lib/odoo.sh")
        if ! is_done "$stamp"; then
            need_apt Odoo
            need_disk 2500
            step "Odoo 19: download (about 130 MB)" download_odoo ||
                die "Odoo could not be downloaded" "is the Debian mirror reachable? A second call goes on where this one stopped"
            step "Odoo 19: unpack" unpack_odoo || die "Odoo could not be unpacked" "is the disk full?"
            ensure_npm
            step "Odoo 19: the script that Debian leaves out" add_selfie_segmentation ||
                die "a script that Odoo's web client needs could not be fetched" "is the npm registry reachable?"
            mark_done "$stamp"
        fi
    fi
    # A .pth line comes after the virtual environment's own packages, so those win.
    printf '%s\n' "$(odoo_source)" >"$("$VENV/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/odoo-source.pth"
}

# download_odoo: Debian's sid carries Odoo 19 for all architectures; apt keeps what arrived and checks its sums.
download_odoo() (
    set -e
    mirror=$(apt_mirror)
    [ -n "$mirror" ] || { echo "apt knows no Debian mirror on this machine"; exit 1; }
    keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    apt_private sid "deb [signed-by=$keyring] $mirror sid main"
    mkdir -p "$WORK/downloads"
    cd "$WORK/downloads"
    apt-get "${APT_PRIVATE[@]}" -q update
    apt-get "${APT_PRIVATE[@]}" -q download "${ODOO_DEBS[@]}"
    apt_private own "$(own_suite_source)"
    apt-get "${APT_PRIVATE[@]}" -q update
    apt-get "${APT_PRIVATE[@]}" -q download "${ODOO_DEBS_OWN_SUITE[@]}"
)

unpack_odoo() {
    local package
    rm -rf "$ODOO_PREFIX.new" "$ODOO_PREFIX"
    mkdir -p "$ODOO_PREFIX.new"
    for package in "${ODOO_DEBS[@]}" "${ODOO_DEBS_OWN_SUITE[@]}"; do
        dpkg -x "$(newest_deb "$package")" "$ODOO_PREFIX.new" || return 1
    done
    mv "$ODOO_PREFIX.new" "$ODOO_PREFIX"
}

add_selfie_segmentation() (
    set -e
    target="$(odoo_source)/odoo/addons/mail/static/lib/selfie_segmentation"
    mkdir -p "$target" "$WORK/downloads"
    cd "$WORK/downloads"
    PATH="$PATH:$VENV/bin" "$(npm_command)" pack --silent @mediapipe/selfie_segmentation@0.1.1675465747
    tar -xzf mediapipe-selfie_segmentation-*.tgz -C "$target" --strip-components=1 package/selfie_segmentation.js
)

# odoo ARGS…: Odoo's command line with the suite's configuration, from the suite's folder.
odoo() { (cd "$ROOT" && ODOO_RC="${ODOO_RC:-$ROOT/odoo.conf}" "$VENV/bin/python" "$ROOT/setup/lib/odoo_command.py" "$@"); }
