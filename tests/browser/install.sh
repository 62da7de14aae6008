#!/bin/sh
# Chromium and the fonts that the pages are looked at with, by apt where that is possible; else the browser tests are skipped.
if command -v apt-get >/dev/null 2>&1; then
  if [ "$(id -u)" = 0 ]; then as=; elif sudo -n true 2>/dev/null; then as=sudo; else
    echo "Chromium is not here and apt-get needs rights that you do not have: the browser tests will be skipped." >&2; exit 0; fi
  echo "Installing Chromium for the browser tests." >&2
  $as apt-get update -qq && DEBIAN_FRONTEND=noninteractive $as apt-get install -y -qq --no-install-recommends chromium fonts-liberation fonts-noto-color-emoji >/dev/null ||
    echo "Chromium could not be installed: the browser tests will be skipped." >&2
else
  echo "Chromium is not here and there is no apt-get: the browser tests will be skipped." >&2
fi
exit 0
