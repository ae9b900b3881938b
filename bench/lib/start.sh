# SPDX-License-Identifier: Apache-2.0
# Start of the command line and of the backend.

start_packets() {
  local line
  for line; do
    if [[ $line == . ]]; then printf 'F000000\n'; else printf 'C%06d\n%s\n' $((${#line} + 1)) "$line"; fi
  done
}

# A whole session as the File daemon's plugin has it for the estimate of an empty directory. Its pauses cost no CPU; the
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
  local r n=$((runs * 4 < 5 ? 5 : runs * 4)) backend=$root/ptcomm/src/packaging/stripeline-backend archives=$root/ptcomm/target/archive saved=$root/ptcomm/target/archive.bench file
  fact start.title "Start of the command line and of the backend"
  fact start.settings "stripeline-backend to Hello: from before the launcher's exec until the answer to the plugin's first packet is read, all processes; killed then. stripeline-backend, a session: to its end, an estimate of an empty directory, of which 1.4 s are pauses of the plugin's side. java -version: a JVM that does nothing, with the backend's collector and compiler. Whole process, launcher script included, class-data archive made before, everything in the page cache. Without archive: the launcher's archive directory holds only its mark that none can be made, so that no other is made meanwhile."
  rm -rf "$saved"
  mkdir -p "$work/empty"
  mkfifo "$work/session"
  for ((r = 1; r <= n; r++)); do
    sample start "--version" $r "$stripeline" --version
    sample start "--help" $r "$stripeline" --help
    measure=$handshake sample start "stripeline-backend to Hello" $r "$backend"
    sample start "java -version" $r "$java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -version
    start_estimate >"$work/session" &
    sample start "stripeline-backend, a session" $r "$backend" <"$work/session"
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
