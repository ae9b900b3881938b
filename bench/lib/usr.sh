# SPDX-License-Identifier: Apache-2.0
# Backup of a real tree: first, again unchanged, restore; beside restic, borg and tar.

usr_first() { # TOOL COMPRESSION
  case $1 in
    stripeline)
      command=("$stripeline" backup "$source_dir" --to "$repo/store")
      (($5 > 1)) || command+=(--compression "$2") # the store keeps it
      ;;
    restic) command=(restic -q -r "$repo/store" backup --compression "$3" "$source_dir") ;;
    borg) command=(borg create -C "$4" "$repo/store::r$5" "$source_dir") ;;
    tar) command=(tar --xattrs --acls -g "$repo/tar.state" "${tar_filter[@]}" -cf "$repo/store/$5.tar" "$source_dir") ;;
  esac
}

usr_restore() {
  case $1 in
    stripeline) command=("$stripeline" restore "$repo/store" latest --to "$repo/out") ;;
    restic) command=(restic -q -r "$repo/store" restore latest --target "$repo/out") ;;
    borg) command=(env -C "$repo/out" borg extract "$repo/store::r1") ;;
    tar) command=(tar --xattrs --acls -C "$repo/out" "${tar_filter[@]}" -xf "$repo/store/1.tar") ;;
  esac
}

# As root, each tool and round gets a new ext4 filesystem in an image: an ext4 without journal passes over inodes that
# were deleted in the last minutes, one by one, so that what a peer's tree left behind would be charged to the next.
usr_space() {
  usr_clear
  mkdir -p "$repo"
  ((EUID == 0)) || return 0
  truncate -s 60G "$repo.img" && mkfs.ext4 -q -F -m 0 -E nodiscard "$repo.img" >>"$log" 2>&1 &&
    mount -o loop "$repo.img" "$repo" 2>>"$log" || fail "cannot make a filesystem in $repo.img, see $log"
}

usr_clear() {
  while mountpoint -q "$repo" 2>/dev/null; do umount "$repo" || sleep 1; done
  rm -rf "$repo" "$repo.img"
}

usr_prepare() {
  usr_space
  mkdir -p "$repo/out" "$repo/home"
  export RESTIC_PASSWORD=bench RESTIC_CACHE_DIR=$repo/home BORG_BASE_DIR=$repo/home
  export BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK=yes BORG_RELOCATED_REPO_ACCESS_IS_OK=yes
  case $1 in
    restic) restic -q -r "$repo/store" init >>"$log" 2>&1 ;;
    borg) borg init -e none "$repo/store" >>"$log" 2>&1 ;;
    tar) mkdir "$repo/store" ;;
  esac || fail "$1: cannot make a repository, see $log"
}

usr_row() { # ROW STRIPELINE-COMPRESSION RESTIC-COMPRESSION BORG-COMPRESSION
  local row=$1 r tool tools=() tar_filter=() command
  repo=$work/usr
  [[ $2 == off ]] || tar_filter=(-I 'zstd -3')
  if has_verb backup; then tools+=(stripeline); else say "stripeline has no backup yet: peers only"; fi
  have restic && tools+=(restic)
  have borg && tools+=(borg)
  tools+=(tar)
  say "$row: warming the page cache with $source_dir"
  tar -cf - "$source_dir" 2>>"$log" | cat >/dev/null
  for ((r = 1; r <= runs; r++)); do
    for tool in "${tools[@]}"; do
      usr_prepare "$tool"
      sync
      usr_first "$tool" "$2" "$3" "$4" 1
      sample "$row first" "$tool" $r "${command[@]}"
      stored "$repo/store"
      sync
      usr_first "$tool" "$2" "$3" "$4" 2
      sample "$row again" "$tool" $r "${command[@]}"
      stored "$repo/store"
      sync
      usr_restore "$tool"
      sample "$row restore" "$tool" $r "${command[@]}"
      stored "$repo/out"
      if ((r == 1)) && [[ $tool == stripeline ]]; then usr_compare; fi
      usr_clear
      sync
    done
  done
}

# The first restore is compared with the source: a fast backup that loses something is no result.
usr_compare() {
  local top=$repo/out differences
  [[ ! -d $top$source_dir ]] || top=$top$source_dir
  differences=$(diff <(usr_listing "$source_dir") <(usr_listing "$top") | tee -a "$log" | wc -l)
  fact "$row restore.settings" "Restored by Stripeline in round 1 and compared with the source (kind, mode, owner, size but of directories, number of names in the tree, mtime in ns, link target; content of every file by diff -r): $differences lines differ, $(diff -rq --no-dereference "$source_dir" "$top" 2>&1 | wc -l) files differ in content."
}

# The link count is that of names in the tree: a file of /usr may have one more elsewhere, which no restore of /usr brings back.
usr_listing() {
  local row='%i\t%P %y %m %U %G %T@ %l'
  (cd "$1" && find . -type f -printf "$row %s\n" -o -printf "$row\n") |
    awk -F'\t' '{ names[$1]++; inode[NR] = $1; row[NR] = $2 } END { for (i = 1; i <= NR; i++) print row[i], names[inode[i]] }' | LC_ALL=C sort
}

usr_facts() { # ROW WHAT
  fact "$1 first.title" "First backup of ${source_name}, compression $2"
  fact "$1 again.title" "Again, nothing changed, compression $2 (stored: both backups together)"
  fact "$1 restore.title" "Restore, compression $2 (stored: what was restored)"
}

usr_settings="Fresh repository, cache and target for each tool and round, on a fresh ext4 in an image file where run as root; source in the page cache; sync before each step; whole processes, JVM start included. restic encrypts always (its only mode), borg -e none; tar -g keeps its state of what changed, --xattrs --acls."
usr_fsync="fsync: restic and borg sync each pack or segment file, Stripeline packs, indexes, their directories and the root; tar syncs nothing; no tool syncs what it restores (calls counted with strace on a small tree)."

row_usr_off() {
  usr_facts usr-off off
  fact "usr-off first.settings" "$usr_settings $usr_fsync stripeline --compression off; restic --compression off; borg -C none; tar without filter."
  usr_row usr-off off off none
}

row_usr_zstd() {
  usr_facts usr-zstd "zstd level 3"
  fact "usr-zstd first.settings" "$usr_settings $usr_fsync stripeline --compression zstd:3; restic --compression auto (0.14 has auto, max and off; auto is the default level of its Go library, which corresponds to about level 3 of the C library); borg -C zstd,3; tar -I 'zstd -3'."
  usr_row usr-zstd zstd:3 auto zstd,3
}
