// SPDX-License-Identifier: Apache-2.0
// readprobe - naive sequential reading against an ordered, stripe-parallel reader.
//   readprobe FILE naive  BLOCK                     read(2) in a loop
//   readprobe FILE stripe BLOCK WORKERS WINDOW      WORKERS threads fetch consecutive blocks, a consumer
//                                                   takes them strictly in file order; at most WINDOW blocks
//                                                   are held (memory = WINDOW * BLOCK)
// -d before FILE: O_DIRECT. Prints MB/s and CPU seconds.
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return (double)t.tv_sec + (double)t.tv_nsec / 1e9; }
static size_t parse(const char *s) { char *e; double v = strtod(s, &e); if (*e == 'k') v *= 1024; if (*e == 'm') v *= 1048576; return (size_t)v; }

static int fd;
static off_t size;
static size_t block;
static long nblocks, window, next_fetch, next_take;
static struct slot { char *buf; ssize_t n; long blk; } *slots;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t room = PTHREAD_COND_INITIALIZER, full = PTHREAD_COND_INITIALIZER;

static void *worker(void *a) {
    (void)a;
    for (;;) {
        pthread_mutex_lock(&mu);
        while (next_fetch < nblocks && next_fetch >= next_take + window) pthread_cond_wait(&room, &mu);
        if (next_fetch >= nblocks) { pthread_mutex_unlock(&mu); return NULL; }
        long b = next_fetch++;
        pthread_mutex_unlock(&mu);
        struct slot *s = &slots[b % window];
        ssize_t got = 0, r;
        while ((size_t)got < block && (r = pread(fd, s->buf + got, block - (size_t)got, (off_t)b * (off_t)block + got)) > 0) got += r;
        pthread_mutex_lock(&mu);
        s->n = got;
        s->blk = b;
        if (b == next_take) pthread_cond_signal(&full);
        pthread_mutex_unlock(&mu);
    }
}

int main(int c, char **v) {
    int flags = O_RDONLY;
    if (c > 1 && !strcmp(v[1], "-d")) { flags |= O_DIRECT; v++; c--; }
    if (c < 4) { fputs("usage: readprobe [-d] FILE naive|stripe BLOCK [WORKERS WINDOW]\n", stderr); return 2; }
    fd = open(v[1], flags);
    struct stat st;
    if (fd < 0 || fstat(fd, &st)) { perror(v[1]); return 1; }
    size = st.st_size;
    block = parse(v[3]);
    nblocks = (long)((size + (off_t)block - 1) / (off_t)block);
    double t = now();
    uint64_t total = 0;
    if (!strcmp(v[2], "naive")) {
        char *b = aligned_alloc(4096, (block + 4095) / 4096 * 4096);
        ssize_t r;
        while ((r = read(fd, b, block)) > 0) total += (uint64_t)r;
    } else {
        int w = c > 4 ? atoi(v[4]) : 16;
        window = c > 5 ? atol(v[5]) : 2 * w;
        slots = calloc((size_t)window, sizeof *slots);
        for (long i = 0; i < window; i++) { slots[i].buf = aligned_alloc(4096, (block + 4095) / 4096 * 4096); slots[i].blk = -1; }
        pthread_t *th = calloc((size_t)w, sizeof *th);
        for (int i = 0; i < w; i++) pthread_create(&th[i], NULL, worker, NULL);
        for (long b = 0; b < nblocks; b++) {
            pthread_mutex_lock(&mu);
            while (slots[b % window].blk != b) pthread_cond_wait(&full, &mu);
            pthread_mutex_unlock(&mu);
            total += (uint64_t)slots[b % window].n;
            pthread_mutex_lock(&mu);
            next_take = b + 1;
            pthread_cond_broadcast(&room);
            pthread_mutex_unlock(&mu);
        }
        for (int i = 0; i < w; i++) pthread_join(th[i], NULL);
    }
    t = now() - t;
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    printf("%s bytes %llu in %.3f s = %.1f MB/s, cpu %.3f s\n", v[2], (unsigned long long)total, t, (double)total / 1e6 / t,
           (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6);
    return total == (uint64_t)size ? 0 : 1;
}
