# SPDX-License-Identifier: Apache-2.0
# Jobs of the real Bacula, in the lab of examples/bacula: the File daemon's own walk (File =) beside ours (Plugin =).
# CPU is that of the daemons while the job runs, from /proc/PID/stat: bacula-fd with the backend that it started and has
# waited for, and in columns of their own bacula-fd without it, and bacula-sd.

bacula_lab=$root/examples/bacula
bacula_root=${LAB_ROOT:-/opt/stripeline-lab/bacula}
bacula_work=$work/bacula
bacula_rig=/mnt/stripeline-bench # in the daemons' chroot
bacula_target=/mnt/stripeline-target
bacula_port=${LAB_PORT:-29941}
bacula_up=0
bacula_told=0
bacula_source= # the tree that is behind the rig, where a row has one
cold=0         # whether sources are read from the disk
expected=      # what a job has to say of its files; empty: anything

in_bacula() {
  local script=$1
  shift
  LAB_ROOT=$bacula_root LAB_WORK=$bacula_work LAB_PORT=$bacula_port LAB_WAIT=catalog "$bacula_lab/$script" "$@"
}

# Each row begins with an empty catalog and no volumes.
bacula_possible() {
  ((EUID == 0)) || { say "$1 is left out: Bacula's lab needs root"; return 1; }
  bacula_down
  have debootstrap || apt-get install -y -qq --no-install-recommends debootstrap </dev/null >>"$log" 2>&1
  say "starting Bacula's daemons"
  mkdir -p "$work/trees" "$bacula_work/built"
  LAB_BIND="$root $work/trees" LAB_FD_ENV="STRIPELINE_BACKEND=$root/ptcomm/src/packaging/stripeline-backend" \
    in_bacula up >>"$log" 2>&1 || { say "$1 is left out: the lab does not start, see $log"; return 1; }
  bacula_up=1
  "$root/ptcomm/src/main/c/build" "$bacula_work/built/stripeline-fd.so" >>"$log" 2>&1 &&
    in_bacula plugin add "$bacula_work/built/stripeline-fd.so" >>"$log" 2>&1 || fail "the plugin does not load, see $log"
  ((bacula_told++)) || bacula_tell
}

bacula_tell() {
  local java archive=without
  java=$(chroot "$bacula_root" java -version 2>&1)
  bacula_archive "$(sed -n '1s/^[^"]*"\([0-9]*\).*/\1/p' <<<"$java")" && archive=with || say "no class-data archive could be made for the backend, see $log"
  fact Bacula "$(in_bacula sql "select 'catalog version ' || VersionId from Version"), bacula-fd $(chroot "$bacula_root" dpkg-query -W -f '${Version}' bacula-fd), one machine for all daemons, TLS-PSK and line compression as by default, signature MD5, PostgreSQL without synchronous commit; the daemons run in a chroot, the backend on $(sed -n 2p <<<"$java"), $archive a class-data archive"
}

# bacula_archive VERSION: makes the backend's archive for the chroot's Java, as the package does when it is installed.
bacula_archive() {
  chroot "$bacula_root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin "$stripeline" --make-archive </dev/null >>"$log" 2>&1
  compgen -G "$root/ptcomm/target/archive/java$1-*.classes" >/dev/null
}

bacula_down() {
  ((bacula_up)) || return 0
  ! mountpoint -q "$bacula_root$bacula_rig" || umount "$bacula_root$bacula_rig"
  bacula_no_target
  in_bacula down --wipe >>"$log" 2>&1 || say "Bacula's lab did not stop cleanly, see $log"
  bacula_up=0
}

# Ticks of a daemon: its own, and those of the children that it has waited for.
bacula_ticks() {
  local pid
  pid=$(cat "$bacula_work/run/$1".*.pid) || fail "$1 is gone, see $bacula_work/log"
  awk '{ sub(/^.*\) /, ""); print $12 + $13, $14 + $15 }' "/proc/${pid//[^0-9]/}/stat"
}

# bacula_sample ROW CONTENDER ROUND COMMAND...: a job, or several at once, with what the daemons took meanwhile. A job
# that saved or restored another number of files than $expected has failed.
bacula_sample() {
  local row=$1 contender=$2 round=$3 before after code=0 said
  shift 3
  printf '\n== %s, %s, round %s: %s\n' "$row" "$contender" "$round" "$*" >>"$log"
  sync
  before="$(bacula_ticks bacula-fd) $(bacula_ticks bacula-sd) $(date +%s.%N)"
  "$@" >"$output" 2>>"$log" || code=$?
  after="$(bacula_ticks bacula-fd) $(bacula_ticks bacula-sd) $(date +%s.%N)"
  cat "$output" >>"$log"
  said=$(awk '{ for (i = 1; i <= NF; i++) if (sub(/^files=/, "", $i)) { sum += $i; some = 1 } } END { print some ? "files=" sum : "-" }' "$output")
  if [[ $code == 0 && -n $expected && $said != "files=$expected" ]]; then
    say "$row: $contender says $said where $expected are right, see $log"
    said+=", not $expected" code=1
  fi
  awk -v OFS='\t' -v tick="$(getconf CLK_TCK)" -v row="$row" -v who="$contender" -v round="$round" -v code="$code" \
    -v before="$before" -v after="$after" -v said="$said" 'BEGIN {
      split(before, b, " "); split(after, a, " ")
      fd = (a[1] - b[1]) / tick; backend = (a[2] - b[2]) / tick; sd = (a[3] - b[3]) / tick
      print row, who, round, sprintf("%.3f", a[5] - b[5]), sprintf("%.3f", fd + backend), 0, "-", code, "-", "-", "-", said,
        sprintf("%.3f", fd), sprintf("%.3f", sd)
    }' >>"$samples"
  ((code == 0)) || say "$row: $contender ends with $code, see $log"
  say "$row  $contender  round $round: $(tail -1 "$samples" | awk -F'\t' '{ printf "wall %.2f s, bacula-fd %.2f s, with backend %.2f s, bacula-sd %.2f s, %s", $4, $13, $5, $14, $12 }')"
}

# bacula_trees N: N files of 1 KiB, 1,000 a directory.
bacula_trees() {
  tree=$work/trees/small$1
  [[ ! -e $tree.done ]] || return 0
  say "making tree $tree"
  rm -rf "$tree"
  local directory
  for ((directory = 0; directory < $1 / 1000; directory++)); do
    mkdir -p "$tree/d$directory" && head -c 1024000 /dev/urandom | (cd "$tree/d$directory" && split -b 1024 -a 3 -d - f) || fail "no space for $tree"
  done
  : >"$tree.done"
}

# The contenders of a row: jobs NAME-stock, NAME-ours, ... with what the report calls them.
bacula_jobs() { # NAME PATH
  in_bacula add-job "$1-stock" "$2"
  in_bacula add-job "$1-ours" "stripeline: path=$2"
  in_bacula add-job "$1-nobatch" "stripeline: path=$2 slx=meta,seen,tally,holes,accept,one"
  in_bacula add-job "$1-plain" "stripeline: path=$2 slx=off"
}

bacula_contenders=(stock 'bacula-fd' ours 'stripeline' nobatch 'stripeline without batch' plain 'stripeline slx=off')
# A restore without batches is one without async, which is records of batches.
bacula_restorers=(stock 'bacula-fd' ours 'stripeline' nobatch 'stripeline without async' plain 'stripeline slx=off')

# Each contender meets the same: the tree in the page cache, or nothing in any. bacula-fd drops from the page cache what it
# has read, and whoever came next would read from the disk.
bacula_cache() {
  if ((cold)); then
    sync
    echo 3 >/proc/sys/vm/drop_caches
  else
    find "${bacula_source:-$tree}" -type f -exec cat {} + >/dev/null
  fi
}

# bacula_round ROW NAME ROUND LEVEL FILES: each contender once. A full backup of ours counts its restore object too.
bacula_round() {
  local i expected
  for ((i = 0; i < ${#bacula_contenders[@]}; i += 2)); do
    bacula_cache
    expected=$5
    [[ $4 != Full || ${bacula_contenders[i]} == stock ]] || ((expected++))
    [[ -z $bacula_source ]] || bacula_mount "$bacula_source" 150
    bacula_sample "$1" "${bacula_contenders[i + 1]}" "$3" in_bacula run-job -l "$4" "$2-${bacula_contenders[i]}"
  done
}

# A new ext4 for each restore: see usr_space.
bacula_new_target() {
  bacula_no_target
  mkdir -p "$bacula_root$bacula_target"
  truncate -s 8G "$work/target.img" && mkfs.ext4 -q -F -m 0 -E nodiscard "$work/target.img" >>"$log" 2>&1 &&
    mount -o loop "$work/target.img" "$bacula_root$bacula_target" 2>>"$log" || fail "cannot make a filesystem in $work/target.img, see $log"
}

bacula_no_target() {
  while mountpoint -q "$bacula_root$bacula_target" 2>/dev/null; do umount "$bacula_root$bacula_target" || sleep 1; done
  rm -f "$work/target.img"
}

# bacula_restores ROW NAME ROUND TREE FILES: each contender once, compared with the tree.
bacula_restores() {
  local i expected=$5 to saved
  for ((i = 0; i < ${#bacula_restorers[@]}; i += 2)); do
    bacula_new_target
    to=$bacula_target saved=$4
    if [[ -n $bacula_source ]]; then
      bacula_mount "$bacula_root$bacula_target" 150,rw=1
      to=$bacula_rig saved=$bacula_rig
    fi
    bacula_sample "$1" "${bacula_restorers[i + 1]}" "$3" in_bacula restore -o "where=$to" "$2-${bacula_restorers[i]}"
    bacula_unmount
    if ! diff -rq "$4" "$bacula_root$bacula_target$saved" >>"$log" 2>&1; then
      say "$1: what ${bacula_restorers[i + 1]} restored differs from $4, see $log"
      last 8 1
    fi
    bacula_no_target
  done
}

# What one more UNIT costs: the difference of the rows SMALL and LARGE of two sizes, for each PER of it.
bacula_margin() { # ROW TITLE SMALL LARGE SIZE SIZE UNIT PER
  fact "$1.title" "$2"
  fact "$1.settings" "The margin between the rows of $5 and of $6 $7, so that starts do not count."
  awk -F'\t' -v OFS='\t' -v row="$1" -v small="$3" -v large="$4" -v factor="$(awk "BEGIN { print $8 / ($6 - $5) }")" '
    $1 == small { for (i = 4; i <= NF; i++) s[$2, $3, i] = $i }
    $1 == large && ($2, $3, 4) in s {
      for (i = 4; i <= 6; i++) $i = ($i - s[$2, $3, i]) * factor
      for (i = 13; i <= 14; i++) $i = ($i - s[$2, $3, i]) * factor
      if ($8 == 0) $8 = s[$2, $3, 8]
      $1 = row; $12 = "-"; print
    }' "$samples" >"$samples.margin" && cat "$samples.margin" >>"$samples"
  rm -f "$samples.margin"
}

bacula_settings="Wall time is from the console's command to the job's end in the catalog, which the Director's own steps (connecting, labelling a volume, despooling attributes) make a second or two longer for everybody; CPU is that of bacula-fd with the backend (its start included); bacula-fd and bacula-sd alone stand beside. Source in the page cache, sync before each job. n rounds, interleaved; peak memory not taken."

row_bacula_small() {
  bacula_possible bacula-small || return 0
  local r n few=20000 many=220000
  ((quick)) && few=2000 many=6000
  for n in $few $many; do
    bacula_trees "$n"
    bacula_jobs "small$n" "$tree"
    fact "bacula-small $n backup.title" "Bacula: full backup of $n files of 1 KiB"
    fact "bacula-small $n backup.settings" "$bacula_settings"
    fact "bacula-small $n restore.title" "Bacula: restore of $n files of 1 KiB"
    fact "bacula-small $n restore.settings" "Into a fresh ext4 in an image file, compared with the source after each. $bacula_settings"
    for ((r = 1; r <= runs; r++)); do
      bacula_round "bacula-small $n backup" "small$n" "$r" Full $((n + n / 1000 + 1))
      bacula_restores "bacula-small $n restore" "small$n" "$r" "$tree" $((n + n / 1000 + 1))
    done
  done
  for n in backup restore; do
    bacula_margin "bacula-small per file $n" "Bacula: what one more file of 1 KiB costs in a $n, in microseconds instead of seconds" \
      "bacula-small $few $n" "bacula-small $many $n" $few $many files 1e6
  done
}

row_bacula_cold() {
  bacula_possible bacula-cold || return 0
  local r n=20000 cold=1
  ((quick)) && n=2000
  bacula_trees $n
  bacula_jobs cold "$tree"
  fact bacula-cold.title "Bacula: full backup of $n files of 1 KiB from the disk"
  fact bacula-cold.settings "Page cache, dentries and inodes dropped before each job. ${bacula_settings/Source in the page cache, sync/Sync}"
  for ((r = 1; r <= runs; r++)); do
    bacula_round bacula-cold cold $r Full $((n + n / 1000 + 1))
  done
}

# One file has no batches, and nothing of it is asynchronous.
bacula_file_contenders=(stock 'bacula-fd' ours 'stripeline' plain 'stripeline slx=off')

bacula_file() { # MIB
  tree=$work/trees/large$1
  [[ ! -e $tree.done ]] || return 0
  mkdir -p "$tree" && head -c "$1M" /dev/urandom >"$tree/file" || fail "no space for $tree"
  : >"$tree.done"
}

# bacula_files ROW JOB PATH TITLE SETTINGS: backup and restore of one file of $small and of $large MiB.
bacula_files() {
  local r n mib
  for mib in $small $large; do
    bacula_file "$mib"
    [[ -z $bacula_source ]] || bacula_source=$tree
    bacula_jobs "$2$mib" "${3:-$tree}"
    for n in backup restore; do
      fact "$1 $mib $n.title" "$4 $n of one file of $mib MiB"
      fact "$1 $mib $n.settings" "$5"
    done
    for ((r = 1; r <= runs; r++)); do
      bacula_round "$1 $mib backup" "$2$mib" $r Full 2
      bacula_restores "$1 $mib restore" "$2$mib" $r "$tree" 2
    done
  done
  for n in backup restore; do
    bacula_margin "$1 per GiB $n" "$4 what one more GiB of a file costs in a $n" "$1 $small $n" "$1 $large $n" "$small" "$large" MiB 1024
  done
}

row_bacula_large() {
  bacula_possible bacula-large || return 0
  local small=64 large=1088 bacula_contenders=("${bacula_file_contenders[@]}") bacula_restorers=("${bacula_file_contenders[@]}")
  ((quick)) && small=16 large=80
  bacula_files bacula-large large '' Bacula: "$bacula_settings"
}

bacula_mount() { # TREE MICROSECONDS[,OPTION]: fresh, so a cold client cache
  bacula_unmount
  mkdir -p "$bacula_root$bacula_rig"
  "$rig/latencyfs" -o "meta_us=$2" "$1" "$bacula_root$bacula_rig" >>"$log" 2>&1 || fail "latencyfs does not mount, see $log"
}

bacula_unmount() {
  local i
  for i in 1 2 3 4 5 6 7 8 9 10; do
    mountpoint -q "$bacula_root$bacula_rig" || return 0
    umount "$bacula_root$bacula_rig" 2>/dev/null || sleep .3
  done
  fail "cannot unmount $bacula_root$bacula_rig"
}

# Sizes: at 150 us an operation bacula-fd takes 40 s for 20,000 files and would take seven minutes for 220,000, so that
# the margin is that of 2,000 to 20,000. Within it two of our three seconds are not the start.
row_bacula_rig() {
  rig_possible bacula-rig && bacula_possible bacula-rig || return 0
  local r i n what few=2000 many=20000 small=64 large=320 bacula_source title
  local bacula_contenders=(stock 'bacula-fd' ours 'stripeline') bacula_restorers=(stock 'bacula-fd' ours 'stripeline')
  ((quick)) && few=1000 many=2000 small=16 large=80
  local -A name=([$few]="bacula-rig few" [$many]=bacula-rig)
  for n in $few $many; do
    bacula_trees $n
    rm -rf "$work/trees/rig$n"
    cp -a "$tree" "$work/trees/rig$n"
    bacula_jobs "rig$n" "$bacula_rig"
    title="Bacula behind 150 us per metadata operation:"
    fact "${name[$n]} full.title" "$title full backup of $n files of 1 KiB"
    fact "${name[$n]} full.settings" "Fresh mount per job (cold client cache). $bacula_settings"
    fact "${name[$n]} restore.title" "$title restore of $n files of 1 KiB"
    fact "${name[$n]} restore.settings" "Into the rig, fresh: each change of a name or an attribute takes 150 us, data is taken at once; compared with the source after each. $bacula_settings"
    fact "${name[$n]} incremental.title" "$title incremental with 20 changed files of $n"
    fact "${name[$n]} incremental.settings" "Fresh mount per job; the incremental is a scan by time. $bacula_settings"
  done
  for ((r = 1; r <= runs; r++)); do
    for n in $few $many; do
      bacula_source=$work/trees/rig$n
      bacula_round "${name[$n]} full" "rig$n" $r Full $((n + n / 1000 + 1))
      bacula_restores "${name[$n]} restore" "rig$n" $r "$bacula_source" $((n + n / 1000 + 1))
    done
    sleep 3 # past the second in which the jobs began
    for n in $few $many; do
      for ((i = 0; i < 20; i++)); do
        head -c 1024 /dev/urandom >"$work/trees/rig$n/d$((i % (n / 1000)))/f0$((i + 10))"
      done
    done
    sleep 3
    for n in $few $many; do
      bacula_source=$work/trees/rig$n
      bacula_round "${name[$n]} incremental" "rig$n" $r Incremental 20
    done
  done
  for what in full restore incremental; do
    bacula_margin "bacula-rig per file $what" "$title what one more file costs in ${what/#full/full backup}, in microseconds instead of seconds" \
      "bacula-rig few $what" "bacula-rig $what" $few $many files 1e6
  done
  bacula_files bacula-rig rigfile "$bacula_rig" "$title" \
    "Each read takes 300 us, and the mount is fresh; a restore as that of small files. $bacula_settings"
  bacula_unmount
}

# Four jobs at once, each a fourth of the names; ends with the last of them.
bacula_four() {
  local i failed=0 pids=()
  for i in 1 2 3 4; do
    in_bacula run-job -l Full "shard$i" &
    pids+=($!)
  done
  for i in "${pids[@]}"; do wait "$i" || failed=1; done
  return $failed
}

row_bacula_shards() {
  rig_possible bacula-shards && bacula_possible bacula-shards || return 0
  local r i n=20000 expected
  ((quick)) && n=2000
  bacula_trees $n
  in_bacula add-job whole "stripeline: path=$bacula_rig"
  for i in 1 2 3 4; do in_bacula add-job "shard$i" "stripeline: path=$bacula_rig shard=$i/4"; done
  fact bacula-shards.title "Bacula behind 1 ms per metadata operation: four jobs shard=i/4 beside one job, $n files of 1 KiB"
  fact bacula-shards.settings "Fresh mount per round and contender. ${bacula_settings/its start/four starts}"
  for ((r = 1; r <= runs; r++)); do
    bacula_mount "$tree" 1000
    expected=$((n + n / 1000 + 1 + 4)) # together exactly the tree, and a restore object each
    bacula_sample bacula-shards "stripeline, 4 shards" $r bacula_four
    bacula_mount "$tree" 1000
    expected=$((n + n / 1000 + 2))
    bacula_sample bacula-shards "one job" $r in_bacula run-job -l Full whole
  done
  bacula_unmount
}

in_sixteen() { # SCRIPT ARGUMENT...: in a lab of its own
  local script=$1
  shift
  LAB_ROOT=$bacula_root LAB_WORK=$work/sixteen LAB_PORT=$((bacula_port + 10)) "$bacula_lab/$script" "$@"
}

# Memory of sixteen jobs at once, in a control group: one run, since memory does not scatter as time does.
row_bacula_sixteen() {
  bacula_possible bacula-sixteen || return 0 # for the report's head, and the backend's archive
  local jobs=16 files=5000 mib=4096 code=0 line what free
  ((quick)) && jobs=4 files=500
  bacula_down
  free=$(df --output=avail -k "$work" | tail -1)
  ((free > jobs * 1048576)) || { say "bacula-sixteen is left out: $work has no $jobs GiB free"; return 0; }
  fact bacula-sixteen.title "Bacula: $jobs jobs at once in a control group of $mib MiB"
  fact bacula-sixteen.settings "bacula-fd and all that it starts; each job has $files small files and one of 256 MiB. RSS is the most anonymous memory of the whole group (heaps, stacks, slabs); peak holds the page cache too, which the kernel takes back before it kills; oom counts the processes that it killed. One run."
  say "$jobs jobs at once"
  in_sixteen sixteen $jobs $mib $files >"$output" 2>>"$log" || code=$?
  cat "$output" >>"$log"
  in_sixteen down --wipe >>"$log" 2>&1 && rm -rf --one-file-system "$work/sixteen"
  for what in backup restore; do
    line=$(grep -a "^$what jobs=" "$output") || line='resident=- peak=- oom=- bad=- seconds=-'
    awk -v OFS='\t' -v who="$jobs ${what}s" -v code="$code" '{
      for (i = 1; i <= NF; i++) { split($i, kv, "="); v[kv[1]] = kv[2] }
      rss = v["resident"] == "-" ? "-" : v["resident"] * 1024
      print "bacula-sixteen", who, 1, v["seconds"], "-", 0, rss, v["bad"] == "0" && v["oom"] == "0" ? 0 : code ? code : 1, "-", "-", "-", \
        "peak=" v["peak"] " oom=" v["oom"] " bad=" v["bad"]
    }' <<<"$line" >>"$samples"
    say "bacula-sixteen  $line"
  done
  ((code == 0)) || say "bacula-sixteen: examples/bacula/sixteen exits with $code, see $log"
}
