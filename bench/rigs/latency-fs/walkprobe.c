// SPDX-License-Identifier: Apache-2.0
// walkprobe - the practical limit of a parallel namespace walk: raw getdents64 + statx(dirfd, name).
//   walkprobe THREADS ROOT
// Directories are a shared LIFO; the names of one directory are handed out in batches of 64, so that one huge
// directory is walked by all threads. Full stat data of every entry is fetched. Prints totals and seconds.
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64
struct dent64 { uint64_t ino; int64_t off; uint16_t reclen; uint8_t type; char name[]; };
struct dir { atomic_int refs; int fd; char path[]; };
struct item { struct item *next; struct dir *d; int n, len; char names[]; };   // n == 0: a directory to open

static struct item *dirs, *batches;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cv = PTHREAD_COND_INITIALIZER;
static int idle, threads, finished;
static atomic_long nfiles, ndirs, nbytes, nerrors;

static void push(struct item *it) {
    pthread_mutex_lock(&mu);
    struct item **l = it->n ? &batches : &dirs;
    it->next = *l;
    *l = it;
    if (idle) pthread_cond_signal(&cv);
    pthread_mutex_unlock(&mu);
}

static struct item *pop(void) {
    pthread_mutex_lock(&mu);
    for (;;) {
        struct item **l = batches ? &batches : &dirs, *it = *l;
        if (it) { *l = it->next; pthread_mutex_unlock(&mu); return it; }
        if (!finished && ++idle == threads) { finished = 1; pthread_cond_broadcast(&cv); }
        if (finished) { pthread_mutex_unlock(&mu); return NULL; }
        pthread_cond_wait(&cv, &mu);
        idle--;
        if (finished) { pthread_mutex_unlock(&mu); return NULL; }
    }
}

static void unref(struct dir *d) {
    if (atomic_fetch_sub(&d->refs, 1) == 1) { if (d->fd >= 0) close(d->fd); free(d); }
}

static void push_dir(const char *parent, const char *name) {
    size_t a = parent ? strlen(parent) : 0, b = strlen(name);
    struct dir *d = malloc(sizeof *d + a + b + 2);
    atomic_init(&d->refs, 1);
    d->fd = -1;
    if (parent) { memcpy(d->path, parent, a); d->path[a++] = '/'; }
    memcpy(d->path + a, name, b + 1);
    struct item *it = calloc(1, sizeof *it);
    it->d = d;
    push(it);
}

static void one(struct dir *d, const char *name, long *files, long *bytes) {
    struct statx sx;
    if (statx(d->fd, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_BASIC_STATS, &sx)) { atomic_fetch_add(&nerrors, 1); return; }
    *bytes += (long)sx.stx_size;
    if (S_ISDIR(sx.stx_mode)) push_dir(d->path, name); else ++*files;
}

static void *worker(void *arg) {
    (void)arg;
    long files = 0, nd = 0, bytes = 0;
    char *buf = malloc(1 << 18);
    struct item *it;
    while ((it = pop())) {
        struct dir *d = it->d;
        if (it->n) {
            const char *p = it->names;
            for (int i = 0; i < it->n; i++, p += strlen(p) + 1) one(d, p, &files, &bytes);
        } else {
            d->fd = open(d->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
            if (d->fd < 0) { atomic_fetch_add(&nerrors, 1); unref(d); free(it); continue; }
            nd++;
            struct item *b = NULL;
            long n;
            while ((n = syscall(SYS_getdents64, d->fd, buf, 1 << 18)) > 0) {
                for (long o = 0; o < n;) {
                    struct dent64 *e = (struct dent64 *)(buf + o);
                    o += e->reclen;
                    if (e->name[0] == '.' && (!e->name[1] || (e->name[1] == '.' && !e->name[2]))) continue;
                    if (threads == 1) { one(d, e->name, &files, &bytes); continue; }
                    if (!b) { b = calloc(1, sizeof *b + BATCH * 256); b->d = d; }
                    size_t l = strlen(e->name) + 1;
                    memcpy(b->names + b->len, e->name, l);
                    b->len += (int)l;
                    if (++b->n == BATCH) { atomic_fetch_add(&d->refs, 1); push(b); b = NULL; }
                }
            }
            if (b) {
                const char *p = b->names;
                for (int i = 0; i < b->n; i++, p += strlen(p) + 1) one(d, p, &files, &bytes);
                free(b);
            }
        }
        unref(d);
        free(it);
    }
    free(buf);
    atomic_fetch_add(&nfiles, files);
    atomic_fetch_add(&ndirs, nd);
    atomic_fetch_add(&nbytes, bytes);
    return NULL;
}

int main(int c, char **v) {
    if (c != 3 || (threads = atoi(v[1])) < 1 || threads > 1024) { fputs("usage: walkprobe THREADS ROOT\n", stderr); return 2; }
    struct rlimit rl;
    getrlimit(RLIMIT_NOFILE, &rl);
    rl.rlim_cur = rl.rlim_max;
    setrlimit(RLIMIT_NOFILE, &rl);
    struct timespec a, b;
    clock_gettime(CLOCK_MONOTONIC, &a);
    push_dir(NULL, v[2]);
    pthread_t t[1024];
    for (int i = 0; i < threads; i++) pthread_create(&t[i], NULL, worker, NULL);
    for (int i = 0; i < threads; i++) pthread_join(t[i], NULL);
    clock_gettime(CLOCK_MONOTONIC, &b);
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    double s = (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
    long n = nfiles + ndirs;
    printf("files %ld dirs %ld bytes %ld errors %ld  %.3f s  %.0f entries/s  cpu %.3f s\n", (long)nfiles, (long)ndirs, (long)nbytes, (long)nerrors, s,
           (double)n / s, (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6);
    return nerrors ? 1 : 0;
}
