# SPDX-License-Identifier: Apache-2.0
# Start of the command line.

row_start() {
  local r n=$((runs * 4)) archives=$root/ptcomm/target/archive saved=$root/ptcomm/target/archive.bench file
  fact start.title "Start of the command line"
  fact start.settings "Whole process, launcher script included, class-data archive made before, everything in the page cache. Without archive: the launcher's archive directory holds only its mark that none can be made, so that no other is made meanwhile."
  rm -rf "$saved"
  for ((r = 1; r <= n; r++)); do
    sample start "--version" $r "$stripeline" --version
    sample start "--help" $r "$stripeline" --help
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
}
