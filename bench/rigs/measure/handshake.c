// SPDX-License-Identifier: Apache-2.0
// handshake - starts a backend as the File daemon's plugin does, and measures until it has answered the first packet.
//   handshake RESULT COMMAND [ARG...]
// Appends a line to RESULT as measure does: wall seconds from before fork(2) until the answer is read; user and system CPU
// seconds and the largest resident set of COMMAND and all that it waited for until then (wait4(2)); exit status 0. The
// backend is killed at the answer, so that nothing later is counted, and nothing that it does at its end. Exits 1 when the
// answer is not "Hello Bacula", and after 30 s without one.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char question[] = "C000019\nHello stripeline 3\n";
static const char answer[] = "C000013\nHello Bacula\n";

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double seconds(struct timeval t) { return (double)t.tv_sec + (double)t.tv_usec / 1e6; }

int main(int argc, char **argv) {
    if (argc < 3) { fputs("usage: handshake RESULT COMMAND [ARG...]\n", stderr); return 2; }
    int to[2], from[2];
    if (pipe2(to, O_CLOEXEC) || pipe2(from, O_CLOEXEC) || prctl(PR_SET_CHILD_SUBREAPER, 1)) { perror("handshake"); return 2; }
    double start = now();
    pid_t child = fork();
    if (child < 0) { perror("handshake: fork"); return 2; }
    if (child == 0) {
        dup2(to[0], 0);
        dup2(from[1], 1);
        execvp(argv[2], argv + 2);
        fprintf(stderr, "handshake: %s: %s\n", argv[2], strerror(errno));
        _exit(127);
    }
    signal(SIGPIPE, SIG_IGN); // a backend that is gone shows by its answer
    close(to[0]);
    close(from[1]);
    char got[sizeof answer];
    size_t n = 0;
    if (write(to[1], question, sizeof question - 1) != (ssize_t)sizeof question - 1) perror("handshake: write");
    while (n < sizeof answer - 1) {
        struct pollfd p = { .fd = from[0], .events = POLLIN };
        if (poll(&p, 1, 30000) <= 0) break;
        ssize_t r = read(from[0], got + n, sizeof answer - 1 - n);
        if (r <= 0) break;
        n += (size_t)r;
    }
    double wall = now() - start;
    kill(child, SIGKILL);
    double user = 0, sys = 0;
    long peak = 0;
    struct rusage u;
    int status;
    for (;;) { // orphans too
        pid_t p = wait4(-1, &status, 0, &u);
        if (p < 0 && errno == EINTR) continue;
        if (p < 0) break;
        user += seconds(u.ru_utime);
        sys += seconds(u.ru_stime);
        if (u.ru_maxrss > peak) peak = u.ru_maxrss;
    }
    int code = n == sizeof answer - 1 && !memcmp(got, answer, n) ? 0 : 1;
    if (code) fprintf(stderr, "handshake: the answer is '%.*s'\n", (int)n, got);
    FILE *f = fopen(argv[1], "a");
    if (!f || fprintf(f, "%.3f\t%.3f\t%.3f\t%ld\t%d\n", wall, user, sys, peak, code) < 0 || fclose(f)) { perror(argv[1]); return 2; }
    return code;
}
