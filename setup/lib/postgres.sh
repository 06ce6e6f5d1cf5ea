# shellcheck shell=bash
# PostgreSQL: the server that odoo.conf or PG* names, if it answers; else a private cluster below WORK.

# ensure_postgres: afterwards PGHOST, PGPORT, PGUSER (and PGPASSWORD) lead to a server that may create databases.
ensure_postgres() {
    if [ "${SUITE_POSTGRES:-}" != private ] && use_given_server; then
        return
    fi
    use_private_cluster
}

conf_option() { sed -n "s/^$1[[:space:]]*=[[:space:]]*//p" "${ODOO_RC:-$ROOT/odoo.conf}" | tail -n 1; }

# use_given_server: true when a server answers as a user who may create databases (Odoo refuses the user postgres).
use_given_server() {
    local answer
    answer=$(
        PGHOST="${PGHOST:-$(conf_option db_host)}" PGPORT="${PGPORT:-$(conf_option db_port)}" \
            PGUSER="${PGUSER:-$(conf_option db_user)}" PGPASSWORD="${PGPASSWORD:-$(conf_option db_password)}" \
            PGCONNECT_TIMEOUT=3 "$VENV/bin/python" "$ROOT/setup/lib/postgres_answers.py" 2>/dev/null
    ) || return 1
    say "PostgreSQL: using the server that answers ($answer)"
}

pg_bin() {
    local bin
    for bin in /usr/lib/postgresql/*/bin "$DEB_PREFIX"/usr/lib/postgresql/*/bin; do
        [ ! -x "$bin/initdb" ] || printf '%s\n' "$bin"
    done | sort -V | tail -n 1
}

# pg_run COMMAND…: as this user, or, because PostgreSQL refuses root, as the user postgres.
pg_run() {
    if is_root; then
        runuser -u postgres -- "$@"
    else
        "$@"
    fi
}

# private_cluster_dir: below WORK, or, where the user postgres cannot reach that, in the folder for temporary files.
private_cluster_dir() {
    mkdir -p "$WORK"
    if ! is_root || runuser -u postgres -- test -x "$WORK"; then
        printf '%s/postgres' "$WORK"
    else
        printf '%s/suite-postgres-%s' "${TMPDIR:-/var/tmp}" "$(printf '%s' "$WORK" | cksum | cut -d' ' -f1)"
    fi
}

use_private_cluster() {
    [ -n "$(pg_bin)" ] || deb_install "PostgreSQL from Debian" postgresql
    [ -n "$(pg_bin)" ] || die "PostgreSQL is missing" "install the package postgresql, or set PGHOST and PGUSER"
    PG_DIR=$(private_cluster_dir)
    [ -f "$PG_DIR/ready" ] || step "PostgreSQL: a private cluster" make_cluster ||
        die "the private PostgreSQL cluster could not be made" "look at the lines above"
    PGHOST=127.0.0.1 PGPORT=$(cat "$PG_DIR/port") PGUSER=odoo PGPASSWORD=$(cat "$PG_DIR/password")
    export PGHOST PGPORT PGUSER PGPASSWORD
    # Every script that uses the cluster holds this lock shared; the last one to go stops the server.
    exec 9>>"$PG_DIR/users.lock"
    flock -s 9
    trap stop_cluster_when_last EXIT
    cluster_is_up || step "PostgreSQL: start" start_cluster ||
        die "the private PostgreSQL cluster does not start" "see $PG_DIR/server.log; is port $PGPORT taken? Delete $PG_DIR/port to choose another"
}

free_port() { "$VENV/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

make_cluster() (
    set -e
    rm -rf "$PG_DIR"
    mkdir -p "$PG_DIR"
    ! is_root || chown postgres: "$PG_DIR"
    "$VENV/bin/python" -c 'import secrets; print(secrets.token_urlsafe(24))' >"$PG_DIR/password"
    free_port >"$PG_DIR/port"
    ! is_root || chown postgres: "$PG_DIR/password"
    chmod 600 "$PG_DIR/password"
    pg_run "$(pg_bin)/initdb" -D "$PG_DIR/data" -U odoo -A scram-sha-256 --pwfile="$PG_DIR/password" \
        -E UTF8 --locale=C.UTF-8 -N
    : >"$PG_DIR/ready"
)

cluster_is_up() { (cd / && pg_run "$(pg_bin)/pg_ctl" -D "$PG_DIR/data" status >/dev/null 2>&1); }

# start_cluster: for trials and tests, so it does not wait for the disk; never a place for data of value.
start_cluster() {
    (cd / && pg_run "$(pg_bin)/pg_ctl" -D "$PG_DIR/data" -l "$PG_DIR/server.log" -w -t 60 start -o \
        "-h 127.0.0.1 -p $(cat "$PG_DIR/port") -k '' -c fsync=off -c synchronous_commit=off \
        -c full_page_writes=off -c shared_buffers=256MB -c max_connections=100 -c max_wal_size=2GB") 9>&- 8>&-
}

stop_cluster_when_last() {
    local status=$?
    if flock -n -x 9; then
        (cd / && pg_run "$(pg_bin)/pg_ctl" -D "$PG_DIR/data" -m fast -w stop >/dev/null 2>&1) || true
    fi
    return "$status"
}
