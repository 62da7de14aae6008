#!/bin/sh
# install.sh WHAT PACKAGE…: what some tests look at, by apt where that is possible; else these tests are skipped.
what=$1; shift
no() { echo "$1: $what will be skipped." >&2; exit 0; }
command -v apt-get >/dev/null 2>&1 || no "There is no apt-get here to install $1"
if [ "$(id -u)" = 0 ]; then as=; elif sudo -n true 2>/dev/null; then as=sudo; else no "apt-get needs rights that you do not have to install $1"; fi
echo "Installing $1 for $what." >&2
$as apt-get update -qq && DEBIAN_FRONTEND=noninteractive $as apt-get install -y -qq --no-install-recommends "$@" >/dev/null || no "$1 could not be installed"
