# SPDX-License-Identifier: Apache-2.0
# Bounded memory: a directory of a million entries, and a file of 20 GiB that is mostly holes.

bounds_file() {
  sparse=$work/trees/sparse20g
  if [[ ! -e $sparse.done ]]; then
    rm -rf "$sparse"
    mkdir -p "$sparse"
    truncate -s 20G "$sparse/file"
    local gib
    for gib in 0 1 2 5 9 13 17 19; do # 8 MiB of data each, not aligned to a block
      head -c 8388608 /dev/urandom | dd of="$sparse/file" bs=64K conv=notrunc,nocreat oflag=seek_bytes seek=$((gib * 1073741824 + 1234)) status=none
    done
    : >"$sparse.done"
  fi
}

row_bounds() {
  local n=1000000 what source r=1 limit='-Xmx128m -XX:MaxDirectMemorySize=96m'
  ((quick)) && n=100000
  make_tree "flat$n" flat "$n"
  bounds_file
  fact "bounds directory.title" "Memory: backup of one directory of $n entries, and its restore"
  fact "bounds sparse.title" "Memory: backup of a sparse file of 20 GiB (64 MiB of data), and its restore"
  fact "bounds directory.settings" "Stripeline with $limit, compression zstd:3, one run (n = 1); restic --compression auto and borg -C zstd,3 with their defaults. Peak RSS is what counts here."
  repo=$work/bounds
  local tar_filter=() command tool source_dir
  for what in directory sparse; do
    source_dir=$tree
    [[ $what == directory ]] || source_dir=$sparse
    for tool in stripeline restic borg; do
      if [[ $tool == stripeline ]]; then
        has_verb backup || continue
        export STRIPELINE_JAVA_OPTS=$limit
        "$stripeline" --make-archive >>"$log" 2>&1
      else
        unset STRIPELINE_JAVA_OPTS
        have "$tool" || continue
        # reading 20 GiB of zeros, and more, takes the peers minutes: not in quick mode
        ((quick)) && [[ $what == sparse ]] && continue
      fi
      usr_prepare "$tool"
      usr_first "$tool" zstd:3 auto zstd,3 1
      sample "bounds $what" "$tool backup" 1 "${command[@]}"
      stored "$repo/store"
      usr_restore "$tool"
      [[ $tool$what != resticsparse ]] || ! restic restore --help | grep -q -- --sparse || command+=(--sparse)
      [[ $tool$what == borgsparse ]] && command=(env -C "$repo/out" borg extract --sparse "$repo/store::r1")
      sample "bounds $what" "$tool restore" 1 "${command[@]}"
      last 11 "$(du -s --block-size=1 "$repo/out" | cut -f1)"
      usr_clear
    done
  done
  unset STRIPELINE_JAVA_OPTS
}
