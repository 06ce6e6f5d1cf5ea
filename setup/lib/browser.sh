# shellcheck shell=bash
# Chromium for the browser tests, wkhtmltopdf for printing; both from Debian.

ensure_browser() {
    local browser
    for browser in google-chrome chromium chromium-browser google-chrome-stable; do
        ! have "$browser" || return 0
    done
    deb_install "Chromium from Debian" chromium
    have chromium || link_unpacked_chromium
}

# link_unpacked_chromium: the package's own launcher expects /usr/lib/chromium; ours is below WORK.
link_unpacked_chromium() {
    mkdir -p "$VENV/bin"
    printf '#!/bin/sh\nexec "%s/usr/lib/chromium/chromium" "$@"\n' "$DEB_PREFIX" >"$VENV/bin/chromium"
    chmod +x "$VENV/bin/chromium"
}

ensure_pdf() {
    have wkhtmltopdf || deb_install "wkhtmltopdf from Debian (printing)" wkhtmltopdf fonts-dejavu-core
}
