#!/bin/sh
# What some tests need beyond Python: Java for Spark, a browser, letters for Korean. What is missing is installed where
# that can be done (Debian, as root), else named. This never fails: tests that lack something are skipped and say so, or
# fail if LEGATION_SKIP_NOTHING is set. PYTHON is the interpreter the tests run with.
set -u

OLDEST_JAVA=17
INDEX=unread
FATE="are skipped"
[ -z "${LEGATION_SKIP_NOTHING:-}" ] || FATE="fail"

say() { echo "tests: $*" >&2; }

has_java() {
    java=java
    [ -z "${JAVA_HOME:-}" ] || java=$JAVA_HOME/bin/java
    version=$("$java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p')
    [ "${version:-0}" -ge "$OLDEST_JAVA" ]
}

has_browser() { command -v chromium >/dev/null; }

has_letters() {
    "$PYTHON" -c 'from legation.surfaces.brief.fonts import letters; letters("ko")' >/dev/null 2>&1
}

can_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

quietly() {
    DEBIAN_FRONTEND=noninteractive apt-get -o Acquire::http::Timeout=20 -o Acquire::Retries=1 "$@" >/dev/null 2>&1
}

# Read the index of packages once, when something is to be installed.
install() {
    [ "$INDEX" = read ] || quietly update
    INDEX=read
    quietly install -y --no-install-recommends "$1"
}

# need CHECK WHAT PACKAGE...: the first of the packages that makes the check hold.
need() {
    check=$1 what=$2
    shift 2
    "$check" && return
    if can_install; then
        say "installing $what"
        for package in "$@"; do
            install "$package" && "$check" && return
        done
        say "$what could not be installed; the tests that need it $FATE. By hand: apt-get install $1"
    else
        say "$what is missing; the tests that need it $FATE. On Debian: apt-get install $1"
    fi
}

# Debian has one release of Java or another.
need has_java "Java $OLDEST_JAVA or newer (for Spark)" openjdk-17-jre-headless default-jre-headless
need has_browser "a browser (for the pages)" chromium
need has_letters "a font with Korean letters (for briefs)" fonts-nanum
