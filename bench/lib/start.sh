# SPDX-License-Identifier: Apache-2.0
# Start of the command line and of the backend.

start_packets() {
  local line
  for line; do
    if [[ $line == . ]]; then printf 'F000000\n'; else printf 'C%06d\n%s\n' $((${#line} + 1)) "$line"; fi
  done
}

# A session as the File daemon's plugin has it for the estimate of an empty directory. Its pauses cost no CPU; the
# backend ends at once where the plugin is gone, so that nothing may be said too early.
start_estimate() {
  start_packets 'Hello stripeline 3' Job Name=bench JobID=0 Type=E Level=F WorkingDir="$work" . Params path="$work/empty" . EstimateStart
  sleep 1
  start_packets OK
  sleep .2
  start_packets END
  printf 'T000000\n'
  sleep .2
}

row_start() {
  local r n=$((runs * 4)) archives=$root/ptcomm/target/archive saved=$root/ptcomm/target/archive.bench file
  fact start.title "Start of the command line, and a whole session of the backend"
  fact start.settings "stripeline-backend: a whole session, an estimate of an empty directory, of which 1.4 s are pauses of the plugin's side. Whole process, launcher script included, class-data archive made before, everything in the page cache. Without archive: the launcher's archive directory holds only its mark that none can be made, so that no other is made meanwhile."
  rm -rf "$saved"
  mkdir -p "$work/empty"
  mkfifo "$work/session"
  for ((r = 1; r <= n; r++)); do
    sample start "--version" $r "$stripeline" --version
    sample start "--help" $r "$stripeline" --help
    start_estimate >"$work/session" &
    sample start "stripeline-backend" $r "$root/ptcomm/src/packaging/stripeline-backend" <"$work/session"
    wait
    grep -aq "STAT:D" "$output" || fail "the backend told no estimate, see $log"
    if compgen -G "$archives/*.classes" >/dev/null; then
      mv "$archives" "$saved"
      mkdir -m 700 "$archives"
      for file in "$saved"/*.classes; do
        file=${file##*/}
        : >"$archives/${file%.*.classes}.failed"
      done
      sample start "--version, no archive" $r "$stripeline" --version
      sample start "--help, no archive" $r "$stripeline" --help
      rm -rf "$archives"
      mv "$saved" "$archives"
    fi
    have restic && sample start "restic version" $r restic version
    have borg && sample start "borg --version" $r borg --version
  done
  rm -f "$work/session"
}
