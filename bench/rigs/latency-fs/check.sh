#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Self test of latencyfs. Needs /dev/fuse and root (or fusermount3). Exits non-zero on the first failure.
set -u
cd "$(dirname "$0")" || exit 1
W=$(mktemp -d); M=$W/mnt; mkdir -p "$M" "$W/src"
fail() { echo "FAIL: $*"; umount "$M" 2>/dev/null; rm -rf "$W"; exit 1; }
mnt() { ./latencyfs -o "$1" "$W/src" "$M" || fail "mount $1"; }
um() { for _ in 1 2 3 4 5 6; do umount "$M" 2>/dev/null && return; sleep .3; done; fail umount; }
stat_of() { getfattr --absolute-names --only-values -n user.latencyfs.stats "$M" | sed -n "s/^$1=//p"; }
./mktree "$W/src/t" 10 >/dev/null || fail mktree
head -c 20000003 /dev/urandom > "$W/src/big"
ln -s big "$W/src/link"; ln "$W/src/big" "$W/src/hard"

mnt meta_us=0
diff <(cd "$W/src" && find . -printf '%p %y %s %m %n %T@ %l\n' | sort) <(cd "$M" && find . -printf '%p %y %s %m %n %T@ %l\n' | sort) >/dev/null || fail "namespace differs"
cmp "$W/src/big" "$M/big" || fail "data differs"
[ "$(stat -c %i "$M/big")" = "$(stat -c %i "$M/hard")" ] || fail "hard link inode"
( : > "$M/new" ) 2>/dev/null && fail "write allowed"
um; echo "ok   namespace and data identical, read-only"

mnt meta_us=2000
a=$(date +%s%N); ls "$M/t" >/dev/null; stat "$M/big" >/dev/null; b=$(date +%s%N)
[ $(( (b - a) / 1000 )) -ge 6000 ] || fail "latency not applied"
um; echo "ok   metadata latency applied"

mnt meta_us=5000
./walkprobe 128 "$M/t" >/dev/null || fail walk
o=$(stat_of max_outstanding_meta); [ "$o" -ge 64 ] || fail "only $o outstanding"
um; echo "ok   $o metadata requests outstanding"

mnt meta_us=0,osts=4,stripe_size=64k,stripe_count=3,ost_mbs=40,read_us=200,direct_io=1
x=$(getfattr --absolute-names --only-values -n lustre.lov "$M/big" | od -An -tx1 -N4 | tr -d ' '); [ "$x" = d00bd10b ] || fail "lov magic $x"
[ "$(getfattr --absolute-names --only-values -n lustre.lov "$M/big" | wc -c)" = $((32 + 3 * 24)) ] || fail "lov size"
getfattr --absolute-names --only-values -n user.latencyfs.layout "$M/big" | grep -q 'stripe_size=65536 stripe_count=3' || fail layout
a=$(./readprobe "$M/big" naive 64k | sed 's/.*= \([0-9]*\).*/\1/'); b=$(./readprobe "$M/big" stripe 64k 12 24 | sed 's/.*= \([0-9]*\).*/\1/')
[ "$a" -lt 45 ] && [ "$b" -gt $((a * 2)) ] && [ "$b" -lt 130 ] || fail "striping: naive $a parallel $b MB/s"
[ "$(stat_of read)" -gt 0 ] || fail counters
[ "$(getfattr --absolute-names --only-values -n user.latencyfs.reset "$M")" = ok ] && [ "$(stat_of read)" = 0 ] || fail reset
um; echo "ok   striping: naive $a MB/s, parallel $b MB/s of 120"

mnt meta_us=0,mds_ops=2000
r=$(./walkprobe 64 "$M/t" | sed 's/.*s  \([0-9]*\) entries.*/\1/'); [ "$r" -lt 2100 ] || fail "mds cap: $r/s"
um; echo "ok   metadata rate capped: $r entries/s"
mnt meta_us=2000,rw=1
a=$(date +%s%N); mkdir "$M/made"; b=$(date +%s%N)
[ $(( (b - a) / 1000 )) -ge 4000 ] || fail "no latency of a change" # a lookup and the mkdir
cp -a "$W/src/big" "$W/src/link" "$M/made/" && ln "$M/made/big" "$M/made/hard" && mv "$M/made/big" "$M/made/moved" || fail "copy"
setfattr -n user.x -v y "$M/made/moved" 2>/dev/null && [ "$(getfattr --only-values --absolute-names -n user.x "$M/made/hard")" = y ] || echo "left out: no user xattrs below $W"
chmod 4751 "$M/made/moved" && chown 1:2 "$M/made/link" "$M/made/moved" 2>/dev/null; echo more >> "$M/made/hard"; touch -d @1000000000.123456789 "$M/made/hard"
mkfifo "$M/made/fifo" && : > "$M/made/gone" && rm "$M/made/gone" && mkdir "$M/made/dir" && rmdir "$M/made/dir" || fail "make and remove"
diff <(cd "$W/src/made" && find . -printf '%p %y %s %m %n %U %G %T@ %l\n' | sort) <(cd "$M/made" && find . -printf '%p %y %s %m %n %U %G %T@ %l\n' | sort) >/dev/null || fail "namespace differs after changes"
cmp "$W/src/made/moved" "$M/made/hard" && cmp -n 20000003 "$W/src/big" "$M/made/moved" || fail "data differs after changes"
[ "$(stat_of change)" -ge 12 ] && [ "$(stat_of write)" -ge 1 ] || fail "counters of changes"
touch "$M"/made/many{1..200}
if [ "$(id -u)" != 0 ] || [ "$(stat -f -c %T "$W")" = overlayfs ]; then echo "left out: descriptors, since there are no handles of files below $W for this user"
else
  n=$(find "/proc/$(pgrep -f "latencyfs -o meta_us=2000,rw=1 $W/src $M")/fd" -lname "$W/src/*" | wc -l)
  [ "$n" -gt 0 ] && [ "$n" -lt 20 ] || fail "$n descriptors for 200 files"
fi
um; echo "ok   written to: names, attributes and data arrive"
rm -rf "$W"; echo "all checks passed"
