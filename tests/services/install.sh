#!/bin/sh
# Installs the servers and the browser that the suite needs, where it may; otherwise says what to install.
set -eu
missing=""
has() { PATH="$PATH:/usr/sbin:/sbin:$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1)" command -v "$1" >/dev/null 2>&1; }
has initdb || missing="$missing postgresql"
has redis-server || missing="$missing redis-server"
has ceph-mon || missing="$missing ceph-mon"
has ceph-osd || missing="$missing ceph-osd"
has radosgw || missing="$missing radosgw"
has chromium-headless-shell || missing="$missing chromium-headless-shell"
has ffmpeg || missing="$missing ffmpeg"
has pdfsig || missing="$missing poppler-utils"
[ -n "$missing" ] || exit 0
if command -v apt-get >/dev/null 2>&1; then
    if [ "$(id -u)" = 0 ]; then as_root=""; elif sudo -n true 2>/dev/null; then as_root="sudo -n"; else as_root=none; fi
    if [ "$as_root" != none ]; then
        export DEBIAN_FRONTEND=noninteractive
        # A server of the suite is started by the suite: the packages' own stay off.
        $as_root apt-get update -qq && $as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
        exit
    fi
fi
echo "Install these Debian packages (or their like), then run again: apt-get install$missing" >&2
exit 1
