# shellcheck shell=bash
# What setup/lint needs: its own Python environment and Node packages, both below WORK.

LINT_VENV="$WORK/lint-venv"
LINT_NODE="$WORK/lint-node"
LINT_CONF="$ROOT/setup/lint.d"

ensure_lint() {
    only_one_at_a_time
    need_disk 200
    use_unpacked_debs
    lint_python
    PATH="$LINT_VENV/bin:$PATH"
    export PATH
    lint_node
    [ -n "$(odoo_checkers)" ] || ready
    next_please
}

# lint_python: apart from Odoo's environment, because the linters' own needs are not Odoo's.
lint_python() {
    local VENV="$LINT_VENV" requirements="$ROOT/setup/requirements-lint.txt"
    [ -x "$VENV/bin/ruff" ] || rm -f "$(stamp_of pip-lint "$requirements")"
    ensure_venv
    pip_install lint "$requirements"
}

lint_node() {
    local VENV="$LINT_VENV" stamp
    ensure_npm
    stamp=$(stamp_of lint-node "$LINT_CONF/package.json")
    if ! is_done "$stamp" || [ ! -d "$LINT_NODE/node_modules" ]; then
        mkdir -p "$LINT_NODE"
        cp "$LINT_CONF/package.json" "$LINT_NODE/"
        step "Node packages: lint" npm --prefix "$LINT_NODE" install --no-audit --no-fund --ignore-scripts ||
            die "prettier and eslint could not be installed" "is the npm registry reachable?"
        mark_done "$stamp"
    fi
}

# odoo_checkers: the folder with the pylint plugins that Odoo checks itself with.
odoo_checkers() {
    local source folder
    source=$(odoo_source)
    for folder in "$source/odoo/addons" "$source/addons" "$source/../addons"; do
        if [ -f "$folder/test_lint/tests/_odoo_checker_gettext.py" ]; then
            printf '%s' "$folder/test_lint/tests"
            return
        fi
    done
}

# tree_files: every file of the project, as git sees it (also new ones), or as it lies there without git.
tree_files() {
    (
        cd "$ROOT"
        if have git && [ -e .git ]; then
            git ls-files -z -co --exclude-standard
        else
            find . -type f -not -path '*/.*/*' -not -name '*.pyc' -printf '%P\0'
        fi
    ) | sort -zu | while IFS= read -r -d '' file; do
        [ ! -f "$ROOT/$file" ] || printf '%s\n' "$file"
    done
}

# files_of PATH…: the project's files that are, or lie below, one of the paths.
files_of() {
    local path
    for path in "$@"; do
        path=$(realpath --relative-to="$ROOT" "$path")
        tree_files | awk -v path="$path" '$0 == path || path == "." || index($0, path "/") == 1'
    done | sort -u
}

# pick REGEX: those of FILES whose path matches; samples of the outer world are left as they came.
pick() { printf '%s\n' "${FILES[@]}" | grep -E "$1" | grep -vE '(^|/)tests/samples/' || true; }

# addons_of_files: the addons that FILES belong to.
addons_of_files() { pick '^addons/[^/]+/.' | cut -d/ -f1,2 | sort -u; }

# begin_check TITLE COMMAND…: start a check in the background, as many at once as there are processors.
begin_check() {
    local title="$1" number="${#CHECKS[@]}"
    shift
    CHECKS+=("$title")
    while [ "$(jobs -rp | wc -l)" -ge "$LINT_JOBS" ]; do wait -n || true; done
    run_check "$LINT_LOG/$number" "$@" &
}

run_check() {
    local base="$1" begin=$EPOCHREALTIME status=0
    shift
    (set +e; cd "$ROOT" && "$@") >"$base.out" 2>&1 </dev/null || status=$?
    awk -v b="$begin" -v e="$EPOCHREALTIME" 'BEGIN {printf "%.1f", e - b}' >"$base.time"
    printf '%s' "$status" >"$base.status"
}

# report_checks: each check with its time, findings below; true when there is no finding.
report_checks() {
    local number status bad=0
    wait
    for number in "${!CHECKS[@]}"; do
        status=$(cat "$LINT_LOG/$number.status" 2>/dev/null || printf '1')
        if [ "$status" -eq 0 ]; then
            say "ok    ${CHECKS[$number]} ($(cat "$LINT_LOG/$number.time") s)"
        else
            bad=$((bad + 1))
            say "FAIL  ${CHECKS[$number]} ($(cat "$LINT_LOG/$number.time") s)"
            sed 's/^/      /' "$LINT_LOG/$number.out" >&2
        fi
    done
    [ "$bad" -eq 0 ] || say "$bad of ${#CHECKS[@]} checks found something ($(took) s)"
    [ "$bad" -ne 0 ] || say "all ${#CHECKS[@]} checks found nothing ($(took) s)"
    [ "$bad" -eq 0 ]
}
