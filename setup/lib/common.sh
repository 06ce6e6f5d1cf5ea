# shellcheck shell=bash
# What every script of setup/ shares: where things are, how to speak, how to fail.
# Sourced, never run. Everything that is made at run time lies in WORK, which git ignores.

set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
WORK="${SUITE_WORK:-$ROOT/.work}"
ADDONS="crm_campaign_partner,crm_ads_data,crm_funnel_loyalty"
STARTED_AT=$SECONDS
export ROOT WORK ADDONS

say() { printf '%s\n' "$*" >&2; }

# die MESSAGE [HINT]: stop with what went wrong and what to do about it.
die() {
    say "error: $1"
    [ -z "${2:-}" ] || say "  what to do: $2"
    exit 1
}

# took: the seconds since this script began.
took() { printf '%s' "$((SECONDS - STARTED_AT))"; }

# step TITLE COMMAND…: run a long command quietly, say how long it took; show its log when it fails.
step() {
    local title="$1" log begin=$SECONDS
    shift
    mkdir -p "$WORK/log"
    log="$WORK/log/$(printf '%s' "$title" | tr -cs 'A-Za-z0-9' '-' | cut -c1-60).log"
    printf '%s … ' "$title" >&2
    if "$@" >"$log" 2>&1; then
        say "done ($((SECONDS - begin)) s)"
    else
        say "failed ($((SECONDS - begin)) s); the last lines of $log:"
        tail -n 25 "$log" >&2
        return 1
    fi
}

# stamp NAME CONTENT-FILES…: what a finished step leaves behind, so that a second call skips it.
stamp_of() {
    local name="$1"
    shift
    printf '%s/stamps/%s-%s' "$WORK" "$name" "$(cat -- "$@" /dev/null | cksum | cut -d' ' -f1)"
}
is_done() { [ -e "$1" ]; }
mark_done() {
    mkdir -p "$(dirname "$1")"
    : >"$1"
}

is_root() { [ "$(id -u)" -eq 0 ]; }
have() { command -v "$1" >/dev/null 2>&1; }

# need_disk MEGABYTES: stop early rather than in the middle of an unpacking.
need_disk() {
    local free
    mkdir -p "$WORK" 2>/dev/null || die "cannot write to $WORK" \
        "give this user the folder, or set SUITE_WORK to one that it may write to"
    free=$(df -Pm "$WORK" | awk 'NR == 2 {print $4}')
    [ "$free" -ge "$1" ] || die "only $free MB are free below $WORK, $1 MB are needed" \
        "free some space, or set SUITE_WORK to a folder on a larger disk"
}

# only_one_at_a_time: two first calls at once take turns instead of treading on each other.
only_one_at_a_time() {
    mkdir -p "$WORK"
    exec 8>"$WORK/setup.lock"
    if have flock && ! flock -n 8; then
        say "another setup is at work here; waiting for it"
        flock 8
    fi
}
next_please() { exec 8>&-; }
