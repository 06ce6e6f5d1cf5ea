# shellcheck shell=bash
# ready [browser] [lint]: everything that a script of setup/ needs, installed where it is missing.

for part in common debian python odoo postgres browser; do
    # shellcheck source=/dev/null
    . "$(dirname "${BASH_SOURCE[0]}")/$part.sh"
done

ready() {
    only_one_at_a_time
    need_disk 200
    use_unpacked_debs
    ensure_venv
    PATH="$VENV/bin:$PATH"
    export PATH
    pip_install "Odoo and the suite" "$ROOT/setup/requirements-odoo.txt" "$ROOT/setup/requirements.txt" \
        "$ROOT/setup/requirements-test.txt"
    ensure_odoo
    ensure_oca
    ensure_pdf
    case " $* " in *" browser "*) ensure_browser ;; esac
    use_unpacked_debs
    next_please
}
