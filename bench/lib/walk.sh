# SPDX-License-Identifier: Apache-2.0
# Walk of a warm local tree: full stat data of every entry.

row_walk() {
  local scale=1000 r threads=4
  ((quick)) && scale=100
  make_tree "varied$scale" "$scale"
  fact walk.title "Walk, warm: $((scale * 1000)) files, mktree $scale, full stat data of every entry"
  fact walk.settings "walkprobe $threads threads; WalkBench $threads workers, one pass in a fresh JVM with the launcher's options for a scan (SerialGC, C1, class-data archive; \"from main\": JIT, GC and loading of the native binding included, JVM start excluded); find and bfs -printf with 11 fields; fd -j$threads with a size filter, which forces a stat; output to a file; stripeline scan: whole process, adaptive workers. Warm dentry, inode and page caches: two unmeasured passes first."
  find "$tree" -printf '' && "$rig/walkprobe" 2 "$tree" >/dev/null
  local format='%p %y %s %m %n %U %G %i %T@ %C@ %l\n'
  for ((r = 1; r <= runs; r++)); do
    sample walk walkprobe $r "$rig/walkprobe" $threads "$tree"
    sample walk "WalkBench" $r "$java" "${java_options[@]}" -cp "$class_path" io.stripeline.bench.WalkBench $threads "$tree"
    sample walk "stripeline scan" $r "$stripeline" scan "$tree"
    sample walk find $r find "$tree" -printf "$format"
    have bfs && sample walk bfs $r bfs "$tree" -printf "$format"
    have fdfind && sample walk fd $r fdfind -u -j$threads -S +0b . "$tree"
  done
  rm -f "$output"
}
