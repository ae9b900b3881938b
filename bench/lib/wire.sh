# SPDX-License-Identifier: Apache-2.0
# What the attributes of an inode cost on their way to the wire, with JMH.

row_wire() {
  local r options=(-f 1 -wi 2 -i 3)
  ((quick)) && options=(-f 1 -wi 1 -i 1 -w 1 -r 1)
  fact wire.title "Encoding inodes for the wire, in nanoseconds an inode instead of seconds"
  fact wire.settings "JMH, ${options[*]}, one thread: from a batch of rows to records in packets that nobody takes, or to the STAT and TSTAMP lines of a stock session."
  for ((r = 1; r <= runs; r++)); do
    rm -f "$work/jmh.csv"
    "$bench/jmh" "${options[@]}" -bm avgt -tu ns -rf csv -rff "$work/jmh.csv" 'EncodeBench.wire' >>"$log" 2>&1 || say "wire: JMH fails, see $log"
    wire_sample wireRecords "stripeline, records" $r
    wire_sample wireLines "lines of a stock session" $r
  done
}

wire_sample() { # METHOD CONTENDER ROUND
  local ns code=0
  ns=$(awk -F, -v method="$1" '$1 ~ "EncodeBench." method "\"$" { print $5 }' "$work/jmh.csv" 2>>"$log")
  [[ -n $ns ]] || { ns=- code=1; }
  printf 'wire\t%s\t%s\t%s\t-\t0\t-\t%s\t-\t-\t-\t-\n' "$2" "$3" "$ns" "$code" >>"$samples"
  say "wire  $2  round $3: $ns ns an inode"
}
