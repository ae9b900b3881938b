# SPDX-License-Identifier: Apache-2.0
# Walks behind the latency filesystem: a fresh mount for each run is a cold client cache.

rig_mount() {
  mkdir -p "$work/mnt"
  "$rig/latencyfs" -o "meta_us=$1" "$2" "$work/mnt" >>"$log" 2>&1 || fail "latencyfs does not mount, see $log"
}

rig_unmount() {
  local i
  for i in 1 2 3 4 5 6 7 8 9 10; do
    umount "$work/mnt" 2>/dev/null && return
    sleep .3
  done
  fail "cannot unmount $work/mnt"
}

rig_sample() { # ROW MICROSECONDS CONTENDER ROUND COMMAND...
  local row=$1 us=$2 counters
  shift 2
  rig_mount "$us" "$tree"
  sample "$row" "$@"
  counters=$(getfattr --absolute-names --only-values -n user.latencyfs.stats "$work/mnt" 2>/dev/null |
    awk -F= '$1 == "max_outstanding_meta" { o = $2 } $1 == "reply_late_avg_us" { l = $2 } $1 == "lookup" { k = $2 } $1 == "getattr" { g = $2 }
      END { printf "%d outstanding, %d lookups, %d getattrs, replies %d us late", o, k, g, l }')
  last 12 "$counters"
  rig_unmount
}

rig_walk() { # ROW MICROSECONDS WITH-FIND
  local row=$1 us=$2 r
  for ((r = 1; r <= runs; r++)); do
    rig_sample "$row" "$us" "walkprobe 64" $r "$rig/walkprobe" 64 "$work/mnt"
    rig_sample "$row" "$us" "WalkBench 64" $r "$java" "${java_options[@]}" -cp "$class_path" io.stripeline.bench.WalkBench 64 "$work/mnt"
    rig_sample "$row" "$us" "WalkBench adaptive" $r "$java" "${java_options[@]}" -cp "$class_path" io.stripeline.bench.WalkBench 0 "$work/mnt"
    ((r > $3)) || rig_sample "$row" "$us" find $r find "$work/mnt" -printf '%p %y %s %m %n %U %G %i %T@ %C@ %l\n'
    ((r > $3)) || rig_sample "$row" "$us" "fd -j64" $r fdfind -u -j64 -S +0b . "$work/mnt"
  done
}

rig_possible() {
  [[ -c /dev/fuse ]] || { say "$1 is left out: no /dev/fuse"; return 1; }
  ((EUID == 0)) || { say "$1 is left out: the mount needs root"; return 1; }
}

rig_settings="Fresh mount per run (cold client cache), attributes by lookup only. walkprobe 64 threads; WalkBench 64 workers with the launcher's options for a scan, JVM start excluded (\"from main\"); find -printf and fd -j64 as whole processes."

row_rig150() {
  rig_possible rig150 || return 0
  local scale=100
  ((quick)) && scale=10
  make_tree "varied$scale" "$scale"
  fact rig150.title "Walk behind 150 us per metadata operation: $((scale * 1000)) files"
  fact rig150.settings "$rig_settings"
  rig_walk rig150 150 2
}

row_rig1ms() {
  rig_possible rig1ms || return 0
  make_tree varied10 10
  fact rig1ms.title "Walk behind 1 ms per metadata operation: 10,000 files"
  fact rig1ms.settings "$rig_settings"
  rig_walk rig1ms 1000 "$runs"
}

row_hugedir() {
  rig_possible hugedir || return 0
  local n=100000
  ((quick)) && n=10000
  make_tree "flat$n" flat "$n"
  fact hugedir.title "One directory of $n files behind 1 ms per metadata operation"
  fact hugedir.settings "$rig_settings find is left out (one request at a time: about $((n / 1000)) s)."
  rig_walk hugedir 1000 0
}
