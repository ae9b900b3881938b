# SPDX-License-Identifier: Apache-2.0
# awk -f report.awk -v notes=DIR -v tsv=OUT facts.tsv goals.tsv stock-plugin.tsv samples.tsv   prints the report as Markdown.
# Medians over the rounds; a ratio is the median of the ratios of each round, so that load from outside cancels.
BEGIN { FS = "\t" }

function median(list, v, n, i, j, t) {
    n = split(list, v, " ")
    if (n == 0) return ""
    for (i = 2; i <= n; i++) { t = v[i] + 0; for (j = i - 1; j > 0 && v[j] + 0 > t; j--) v[j + 1] = v[j]; v[j + 1] = t }
    return n % 2 ? v[(n + 1) / 2] + 0 : (v[n / 2] + v[n / 2 + 1]) / 2
}

function value(row, who, metric, round) { return val[row, who, metric, round] }

function medians(row, who, metric, r, list) {
    for (r = 1; r <= rounds; r++) if (value(row, who, metric, r) != "") list = list " " value(row, who, metric, r)
    return median(list)
}

# Median over the rounds of ours / smallest of the peers. A margin below zero is noise, and no ratio.
function ratio(row, ours, peers, metric, r, p, n, i, low, a, list) {
    n = split(peers, p, "|")
    for (r = 1; r <= rounds; r++) {
        a = value(row, ours, metric, r)
        low = ""
        for (i = 1; i <= n; i++) if (value(row, p[i], metric, r) != "" && (low == "" || value(row, p[i], metric, r) + 0 < low + 0)) low = value(row, p[i], metric, r)
        if (a != "" && a + 0 >= 0 && low != "" && low + 0 > 0) list = list " " a / low
    }
    return median(list)
}

# Median over the rounds of a value to that of bacula-fd, of another row or the same.
function against(row, who, metric, base, r, list) {
    for (r = 1; r <= rounds; r++)
        if (value(row, who, metric, r) != "" && value(base, "bacula-fd", metric, r) + 0 > 0) list = list " " value(row, who, metric, r) / value(base, "bacula-fd", metric, r)
    return median(list)
}

function show(x, format) { return x == "" ? "" : sprintf(format, x) }
function times(x) { return x == "" ? "" : x >= 10 ? sprintf("%.1f", x) : sprintf("%.2f", x) }

FILENAME == ARGV[1] { if ($1 in fact) fact[$1] = fact[$1] " " $2; else { fact[$1] = $2; factnames[++nfacts] = $1 } next }
FILENAME == ARGV[2] { if ($0 !~ /^#/ && NF >= 6) goal[++ngoals] = $0; next }
FILENAME == ARGV[3] { if ($0 !~ /^#/ && NF >= 6) plugin[++nplugin] = $0; next }
{
    row = $1; who = $2; round = $3 + 0
    if (!(row in seen)) { seen[row] = 1; rows[++nrows] = row }
    if (!((row, who) in seenwho)) { seenwho[row, who] = 1; whos[row, ++nwhos[row]] = who }
    if (round > rounds) rounds = round
    count[row, who]++
    if ($8 != 0) { failed[row, who] = failed[row, who] " " $8 }
    if ($4 != "-") val[row, who, "wall", round] = $4
    if ($5 != "-") { val[row, who, "cpu", round] = $5 + $6; hascpu[row] = 1 }
    if ($7 != "-") { val[row, who, "rss_mib", round] = $7 / 1024; hasrss[row] = 1 }
    if (NF >= 14) { val[row, who, "fd", round] = $13; val[row, who, "sd", round] = $14; hasdaemons[row] = 1 }
    val[row, who, "main", round] = $9 == "-" ? val[row, who, "wall", round] : $9
    val[row, who, "work", round] = $10 == "-" ? val[row, who, "cpu", round] : $10
    if ($9 != "-") inner[row, who] = 1
    if ($11 != "-") { val[row, who, "stored", round] = $11; hasstored[row] = 1 }
    if ($12 != "-") { remark[row, who] = $12; hasremark[row] = 1 }
    n = split($12, said, " ") # name=number in a remark is a metric too
    for (i = 1; i <= n; i++) if (said[i] ~ /^[a-z]+=[0-9]+$/) { split(said[i], pair, "="); val[row, who, pair[1], round] = pair[2] }
}

END {
    print "# Bench report " fact["date"] "\n"
    print "Made by `bench/run " fact["arguments"] "`; how and why: [bench/README.md](../README.md). Every row holds its peers of the same run, interleaved round by round."
    print "Numbers are medians over n rounds; a ratio is the median of the rounds' ratios, and is peer / Stripeline: above 1, Stripeline takes less.\n"
    for (i = 1; i <= nfacts; i++) if (factnames[i] !~ /\.(title|settings)$/ && factnames[i] != "date" && factnames[i] != "arguments") print "* " factnames[i] ": " fact[factnames[i]]
    print "\n## Goals\n"
    print "| row | what | goal | measured | |"
    print "|---|---|---|---|---|"
    for (g = 1; g <= ngoals; g++) {
        split(goal[g], f, "\t")
        if (!(f[1] in seen) || !((f[1], f[3]) in seenwho)) continue
        if (f[4] == "-") {
            x = medians(f[1], f[3], f[2]); text = "<= " f[5]; got = times(x)
        } else {
            x = ratio(f[1], f[3], f[4], f[2])
            shownpeers = f[4]; gsub(/\|/, ", ", shownpeers)
            text = (f[5] == 1 ? "< " : "<= ") (f[5] == 1 ? "" : f[5] " x ") (index(f[4], "|") ? "the best of " : "") shownpeers
            got = x == "" ? "" : times(x) " x"
            if (x != "" && x < 0.1) got = sprintf("%.3f x", x)
        }
        bad = x == "" ? 0 : (f[4] != "-" && f[5] == 1) ? x >= 1 : x > f[5]
        verdict = (f[1], f[3]) in failed ? "failed to run" : x == "" ? "not measured" : bad ? "**missed**" : "met"
        if (bad) { key = f[1]; sub(/ .*/, "", key); missed[key] = 1 }
        print "| " f[1] " | " f[3] ": " f[6] " | " text " | " got " | " verdict " |"
        print "goal", f[1], f[3], f[2], f[4], f[5], x, verdict > tsv
    }
    for (i = 1; i <= nrows; i++) {
        row = rows[i]
        # the first contender whose name is ours is what the others are compared with
        base = ""
        for (j = 1; j <= nwhos[row] && base == ""; j++) if (whos[row, j] ~ /^(stripeline|WalkBench|--version)/) base = whos[row, j]
        mixed = 0
        for (j = 1; j <= nwhos[row]; j++) if ((row, whos[row, j]) in inner) mixed = 1
        print "\n## " (((row ".title") in fact) ? fact[row ".title"] : row) "\n"
        if ((row ".settings") in fact) print fact[row ".settings"] "\n"
        head = "| |"; line = "|---|"
        if (row in hascpu) { head = head " CPU s | ratio |"; line = line "---|---|" }
        head = head " wall s | ratio |"; line = line "---|---|"
        if (mixed) { head = head " CPU s from main | ratio | wall s from main | ratio |"; line = line "---|---|---|---|" }
        if (row in hasdaemons) { head = head " bacula-fd CPU s | ratio | bacula-sd CPU s | ratio |"; line = line "---|---|---|---|" }
        if (row in hasrss) { head = head " peak RSS MiB |"; line = line "---|" }
        if (row in hasstored) { head = head " stored MB | ratio |"; line = line "---|---|" }
        if (row in hasremark) { head = head " last round |"; line = line "---|" }
        print head " n |"; print line "---|"
        for (j = 1; j <= nwhos[row]; j++) {
            who = whos[row, j]
            out = "| " who (((row, who) in failed) ? " (exit" failed[row, who] ")" : "")
            if (row in hascpu) out = out " | " show(medians(row, who, "cpu"), "%.2f") " | " times(ratio(row, who, base, "cpu"))
            out = out " | " show(medians(row, who, "wall"), "%.2f") " | " times(ratio(row, who, base, "wall"))
            if (mixed && (row, who) in inner) {
                out = out " | " show(medians(row, who, "work"), "%.2f") " | " times(ratio(row, who, base, "work"))
                out = out " | " show(medians(row, who, "main"), "%.3f") " | " times(ratio(row, who, base, "main"))
            } else if (mixed) out = out " | | | | "
            if (row in hasdaemons) {
                out = out " | " show(medians(row, who, "fd"), "%.2f") " | " times(ratio(row, who, base, "fd"))
                out = out " | " show(medians(row, who, "sd"), "%.2f") " | " times(ratio(row, who, base, "sd"))
            }
            if (row in hasrss) out = out " | " show(medians(row, who, "rss_mib"), "%.0f")
            if (row in hasstored) out = out " | " show(medians(row, who, "stored") / 1e6, "%.1f") " | " times(ratio(row, who, base, "stored"))
            if (row in hasremark) out = out " | " remark[row, who]
            print out " | " count[row, who] " |"
            print "median", row, who, medians(row, who, "cpu"), medians(row, who, "wall"), medians(row, who, "work"), medians(row, who, "main"), medians(row, who, "rss_mib"), medians(row, who, "stored"), count[row, who], medians(row, who, "fd"), medians(row, who, "sd") > tsv
        }
    }
    shown = 0
    for (g = 1; g <= nplugin; g++) {
        split(plugin[g], f, "\t")
        if (!((f[1], "stripeline") in seenwho) || !((f[3], "bacula-fd") in seenwho)) continue
        if (!shown++) {
            print "\n## Beside the stock plugin\n"
            print "The stock metaplugin of Bacula 15.0.3 with the least backend that there can be, in C, was measured on another machine of two cores. Its figures stand here as ratios to bacula-fd by itself on that machine, and ours as ratios to bacula-fd of this run: one restore is set against one backup. `slx=off` is our plugin in the session that the stock one speaks. A backend that reads a tree or writes it stands behind ours; which of theirs did not is said.\n"
            print "| | stock plugin, there | to bacula-fd there | stripeline slx=off, to bacula-fd here | stripeline, to bacula-fd here |"
            print "|---|---|---|---|---|"
        }
        print "| " f[6] " | " f[4] " to " f[5] " | " times(f[4] / f[5]) " | " times(against(f[1], "stripeline slx=off", f[2], f[3])) " | " times(against(f[1], "stripeline", f[2], f[3])) " |"
    }
    shown = 0
    for (key in missed) {
        note = notes "/" key ".md"
        if ((getline text < note) > 0) {
            if (!shown++) print "\n## Why goals were missed"
            print "\n### " key "\n"
            do print text; while ((getline text < note) > 0)
            close(note)
        }
    }
}
