#!/bin/sh
# Makes this clone ready to run; called by `make setup`, `make demo` and `make test`. What is already done is skipped.
#
#   ./setup.sh             the virtual environment, the system libraries, .env, the database and the static files
#   ./setup.sh chromium    the browser of the tests
set -eu
cd "$(dirname "$0")"

stop() {
    printf '%s\n' "$*" >&2
    exit 1
}

find_python() {
    for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    stop "Python 3.11 or newer is needed and none was found: install it, or name it with PYTHON=/path/to/python3."
}

make_virtual_environment() {
    if ! .venv/bin/python -c '' 2>/dev/null; then
        python=$(find_python)
        "$python" -c 'import ensurepip, venv' 2>/dev/null ||
            stop "Python's venv module is missing: install it (Debian, Ubuntu: apt-get install python3-venv)."
        echo "Making .venv with $("$python" --version)…"
        "$python" -m venv --clear .venv
    fi
    if ! cmp -s requirements-dev.lock .venv/installed.lock; then
        echo "Installing the locked dependencies…"
        .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.lock ||
            stop "The dependencies could not be installed: see the message above."
        cp requirements-dev.lock .venv/installed.lock
    fi
}

apt_install() { # packages…: installs those that are missing
    missing=
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" -eq 0 ]; then as_root=
    elif sudo -n true 2>/dev/null; then as_root='sudo -n'
    else stop "System packages are missing. Install them with: sudo apt-get install$missing"
    fi
    echo "Installing$missing…"
    apt="$as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120"
    install="install --yes --no-install-recommends $missing"
    $apt $install >/dev/null 2>&1 || { $apt update && $apt $install >/dev/null; } ||
        stop "System packages could not be installed. Install them with: sudo apt-get install$missing"
}

install_libraries() {
    if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
        apt_install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
    elif [ "$(uname)" = Darwin ] && command -v brew >/dev/null; then
        brew list pango harfbuzz >/dev/null 2>&1 || brew install --quiet pango harfbuzz
    elif ! .venv/bin/python -W error -c 'import weasyprint' >/dev/null 2>&1; then
        stop "Install Pango (≥ 1.44), its FreeType part and HarfBuzz with its subset library, then run this again."
    fi
}

install_chromium() {
    if command -v chromium >/dev/null || command -v chromium-browser >/dev/null; then return 0; fi
    if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
        apt_install chromium
    else
        stop "The browser tests need Chromium: install it so that the command \`chromium\` works, then run this again."
    fi
}

write_env_file() {
    [ -e .env ] && return 0
    echo "Writing .env with a secret key of its own…"
    (
        umask 077
        {
            printf 'SECRET_KEY=%s\n' "$(.venv/bin/python -c 'import secrets; print(secrets.token_urlsafe(50))')"
            printf 'ALLOWED_HOSTS=localhost,127.0.0.1\nHTTPS=false\n'
        } >.env.new
    )
    mv .env.new .env
}

prepare_database_and_static_files() {
    .venv/bin/python manage.py migrate --no-input --verbosity 0
    manifest=var/static/staticfiles.json
    if [ ! -e "$manifest" ] || [ -n "$(find static .venv/installed.lock -newer "$manifest")" ]; then
        echo "Collecting the static files…"
        .venv/bin/python manage.py collectstatic --no-input --verbosity 0
        touch "$manifest"
    fi
}

if [ "${1:-}" = chromium ]; then
    install_chromium
else
    make_virtual_environment
    install_libraries
    write_env_file
    prepare_database_and_static_files
fi
