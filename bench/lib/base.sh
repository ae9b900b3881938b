# SPDX-License-Identifier: Apache-2.0
# Shared by all rows of bench/run: where things are, how a command is measured, what the peers are.

bench=$root/bench
work=${STRIPELINE_BENCH_DIR:-${TMPDIR:-/tmp}/stripeline-bench}
rig=$bench/rigs/latency-fs
measure=$bench/rigs/measure/measure
handshake=$bench/rigs/measure/handshake
stripeline=$root/stripeline
samples=$work/samples.tsv
facts=$work/facts.tsv
log=$work/log
result=$work/result
output=$work/output

say() { printf '%s  %s\n' "$(date +%T)" "$*" >&2; }
fail() { printf 'bench/run: %s\n' "$*" >&2; exit 1; }

# fact NAME TEXT: a line of the report's head; fact of a row: "row.settings".
fact() { printf '%s\t%s\n' "$1" "$2" >>"$facts"; }

# Debian packages that build the rigs and that are the peers.
packages=(gcc make pkg-config libc6-dev libfuse3-dev fuse3 attr restic borgbackup bfs fd-find tar zstd)

need_packages() {
  local p missing=()
  for p in "${packages[@]}"; do
    [[ $(dpkg-query -W -f='${db:Status-Status}' "$p" 2>/dev/null) == installed ]] || missing+=("$p")
  done
  ((${#missing[@]})) || return 0
  if ((EUID == 0)); then
    say "installing Debian packages: ${missing[*]}"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" \
      </dev/null >>"$log" 2>&1 || say "could not install all of: ${missing[*]}"
  else
    say "missing Debian packages (their rows are left out): apt-get install ${missing[*]}"
  fi
}

have() { command -v "$1" >/dev/null; }

build_rigs() {
  make -s -C "$bench/rigs/measure" && make -s -C "$rig" || fail "the rigs do not build"
}

# The launcher builds what it needs; the bench classes are built here, when older than their sources.
build_product() {
  local list=$bench/target/classpath
  if [[ ! -s $list || -n $(find "$root"/pom.xml "$root"/{core,fs-drivers,dedup,ptcomm,bench}/{pom.xml,src/main} -newer "$list" -print -quit 2>/dev/null) ]]; then
    say "building Stripeline and bench"
    (cd "$root" && mvn -q -B -DskipTests -Dcyclonedx.skip=true -Denforcer.skip=true -pl bench -am package) >&2 </dev/null ||
      fail "the build failed; by hand: mvn -DskipTests -pl bench -am package"
  fi
  "$stripeline" --version >"$output" 2>>"$log" || fail "./stripeline --version fails, see $log"
  product_version=$(head -1 "$output")
  "$stripeline" --make-archive >>"$log" 2>&1 || say "no class-data archive could be made"
  class_path=$(echo "$bench"/target/stripeline-bench-*.jar):$(<"$list")
  java=java
  [[ -z ${JAVA_HOME:-} ]] || java=$JAVA_HOME/bin/java
  make_archive
}

has_verb() { "$stripeline" "$1" --help 2>/dev/null | grep -q "stripeline $1"; }

# A class of ours in a fresh JVM, with the options that the launcher uses for a scan.
java_options=(-XX:+UseSerialGC -Xms64m -Xmx1g -XX:MaxDirectMemorySize=512m -XX:-UsePerfData -XX:TieredStopAtLevel=1)

# A class-data archive for WalkBench, as the launcher has one.
make_archive() {
  local archive=$work/walk.jsa
  rm -f "$archive"
  "$java" "${java_options[@]}" -XX:ArchiveClassesAtExit="$archive" -cp "$class_path" io.stripeline.bench.WalkBench 4 "$bench/lib" >>"$log" 2>&1
  [[ ! -s $archive ]] || java_options+=("-XX:SharedArchiveFile=$archive" -Xshare:auto -Xlog:disable -Xlog:all=error:stderr)
}

# sample ROW CONTENDER ROUND COMMAND...   Runs it measured, in the row's order; output goes to $output.
# Columns: row contender round wall_s user_s sys_s rss_kib exit inner_wall_s inner_cpu_s stored_bytes note
sample() {
  local row=$1 contender=$2 round=$3 code=0
  shift 3
  rm -f "$result"
  printf '\n== %s, %s, round %s: %s\n' "$row" "$contender" "$round" "$*" >>"$log"
  "${priority[@]}" "$measure" "$result" "$@" >"$output" 2>"$output.err" || code=$?
  tail -c 4000 "$output" >>"$log"
  tail -c 4000 "$output.err" >>"$log"
  [[ -s $result ]] || fail "measure gave no result, see $log"
  local inner_wall=- inner_cpu=- line
  # walkprobe and WalkBench print "... 1.234 s  567 entries/s  cpu 0.987 s"
  line=$(grep -aoE '[0-9.]+ s( \([^)]*\))?  [0-9]+ entries/s  cpu [0-9.]+ s' "$output" | tail -1)
  if [[ -n $line ]]; then
    inner_wall=${line%% *}
    inner_cpu=${line##*cpu }
    inner_cpu=${inner_cpu%% *}
  fi
  printf '%s\t%s\t%s\t%s\t%s\t%s\t-\t%s\n' "$row" "$contender" "$round" "$(<"$result")" "$inner_wall" "$inner_cpu" "${note:--}" >>"$samples"
  note=
  ((code == 0)) || say "$row: $contender exits with $code, see $log"
  say "$row  $contender  round $round: $(awk -F'\t' '{printf "wall %.2f s, CPU %.2f s, %d MiB", $1, $2 + $3, $4 / 1024}' "$result")${line:+, from main: $inner_wall s, CPU $inner_cpu s}"
  return 0
}

# stored PATH: bytes of all files below PATH, for the last sample.
stored() {
  local bytes
  bytes=$(du -sb --apparent-size "$1" | cut -f1)
  last 11 "$bytes"
}

# last COLUMN VALUE: sets one column of the last sample.
last() {
  awk -F'\t' -v OFS='\t' -v c="$1" -v v="$2" '{ if (NR > 1) print held; held = $0; n = NR }
    END { $0 = held; $c = v; print }' "$samples" >"$samples.new" && mv "$samples.new" "$samples"
}

# make_tree NAME ARGUMENTS-OF-MKTREE: kept between runs.
make_tree() {
  local dir=$work/trees/$1
  shift
  if [[ ! -e $dir.done ]]; then
    say "making tree $dir"
    rm -rf "$dir"
    mkdir -p "$work/trees"
    "$rig/mktree" "$dir" "$@" >>"$log" || fail "mktree"
    : >"$dir.done"
  fi
  tree=$dir
}
