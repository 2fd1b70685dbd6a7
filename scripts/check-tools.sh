#!/bin/sh
# Checks the tools that building and testing need, before anything is installed. Writes one line for each that is
# missing or too old: what was found, what is needed and where to get it. Ends with 1 if there is such a line.
#
#   PYTHON=python3.12 sh scripts/check-tools.sh [python] [node] [make]     without names: all of them

problems=0

problem() {
	echo "$1" >&2
	problems=1
}

# version_of COMMAND: the first dotted number of its --version, or nothing.
version_of() {
	"$1" --version 2>/dev/null | sed -n 's/^[^0-9]*\([0-9][0-9]*\.[0-9][0-9.]*\).*/\1/p' | head -n 1
}

# at_least VERSION MAJOR MINOR
at_least() {
	major=${1%%.*}
	rest=${1#*.}
	minor=${rest%%.*}
	[ "$major" -gt "$2" ] || { [ "$major" -eq "$2" ] && [ "$minor" -ge "$3" ]; }
}

# found COMMAND VERSION: how a line begins.
found() {
	if [ -n "$2" ]; then
		echo "$1: found $2 ($(command -v "$1"))"
	elif command -v "$1" >/dev/null 2>&1; then
		echo "$1: found one that does not start ($(command -v "$1"))"
	else
		echo "$1: not found"
	fi
}

check_python() {
	for python in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11 python}; do
		"$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && return
	done
	for python in ${PYTHON:-python3 python}; do
		command -v "$python" >/dev/null 2>&1 && break
	done
	command -v "$python" >/dev/null 2>&1 || python=${PYTHON:-python3}
	version=$(version_of "$python")
	if [ -n "$version" ] && at_least "$version" 3 11; then
		problem "$(found "$python" "$version"), which lacks venv or ensurepip: install python3-venv, or set PYTHON=... to another one"
	else
		problem "$(found "$python" "$version"), needed is Python 3.11 or newer: https://www.python.org/downloads/ (PYTHON=... names another one)"
	fi
}

# What frontend/package.json has as "engines": Vite does not run on the others.
node_is_good() {
	case $1 in
	20.* | 22.*) at_least "$1" 20 19 && { at_least "$1" 22 12 || [ "${1%%.*}" -eq 20 ]; } ;;
	*) at_least "$1" 23 0 ;;
	esac
}

check_node() {
	version=$(version_of node)
	if [ -z "$version" ] || ! node_is_good "$version"; then
		problem "$(found node "$version"), needed is Node 20.19 or newer, or 22.12 or newer: https://nodejs.org/en/download"
	fi
	version=$(version_of npm)
	if [ -z "$version" ] || ! at_least "$version" 10 0; then
		problem "$(found npm "$version"), needed is npm 10 or newer, which comes with Node: https://nodejs.org/en/download"
	fi
}

check_make() {
	version=${MAKE_VERSION:-$(version_of make)}
	if [ -z "$version" ] || ! at_least "$version" 3 82; then
		problem "$(found make "$version"), needed is GNU make 3.82 or newer: https://www.gnu.org/software/make/ (macOS: brew install make, then gmake)"
	fi
}

[ $# -gt 0 ] || set -- python node make
for tool; do
	"check_$tool"
done
exit $problems
