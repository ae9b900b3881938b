// SPDX-License-Identifier: Apache-2.0
// measure - runs a command and tells what its whole process tree cost.
//   measure RESULT COMMAND [ARG...]
// Appends one line to RESULT: wall seconds, user CPU seconds, system CPU seconds, largest resident set of one process
// in KiB, exit status; tab separated. It makes itself the reaper of orphans and waits for every descendant, so that what
// a command leaves running in the background is counted too (wait4(2), prctl(2) PR_SET_CHILD_SUBREAPER). Wall time ends
// when the command itself ends. SIGINT and SIGTERM are passed on by the terminal or the caller, not by us.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double seconds(struct timeval t) { return (double)t.tv_sec + (double)t.tv_usec / 1e6; }

int main(int argc, char **argv) {
    if (argc < 3) { fputs("usage: measure RESULT COMMAND [ARG...]\n", stderr); return 2; }
    if (prctl(PR_SET_CHILD_SUBREAPER, 1)) { perror("measure: prctl"); return 2; }
    double start = now(), wall = 0, user = 0, sys = 0;
    pid_t child = fork();
    if (child < 0) { perror("measure: fork"); return 2; }
    if (child == 0) {
        execvp(argv[2], argv + 2);
        fprintf(stderr, "measure: %s: %s\n", argv[2], strerror(errno));
        _exit(127);
    }
    long peak = 0;
    int status = 0, code = 0;
    for (;;) {
        struct rusage u;
        pid_t p = wait4(-1, &status, 0, &u);
        if (p < 0 && errno == EINTR) continue;
        if (p < 0) break;                          // ECHILD: nobody is left
        user += seconds(u.ru_utime);
        sys += seconds(u.ru_stime);
        if (u.ru_maxrss > peak) peak = u.ru_maxrss;
        if (p == child) {
            wall = now() - start;
            code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        }
    }
    FILE *f = fopen(argv[1], "a");
    if (!f || fprintf(f, "%.3f\t%.3f\t%.3f\t%ld\t%d\n", wall, user, sys, peak, code) < 0 || fclose(f)) { perror(argv[1]); return 2; }
    return code;
}
