// SPDX-License-Identifier: Apache-2.0
// mktree - builds a test namespace with varied fan-out.
//   mktree ROOT SCALE      SCALE 1000: 1,000,000 files in 23,323 directories; 100: 100,000 in 2,353
//   mktree ROOT flat N     N files in one directory
// The same arguments always give the same tree (names, sizes, modes). Most files are sparse; one in 16 holds up to 512 bytes.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_DEPTH 9

static uint64_t seed = 88172645463325252ULL;
static uint64_t rnd(void) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static struct dir { char *path; int depth; } *dirs;
static int ndirs, cap = 1024;
static long nfiles;

static void die(const char *what) { perror(what); exit(1); }

static int new_dir(int parent, const char *prefix) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s%05d", dirs[parent].path, prefix, ndirs);
    if (mkdir(path, 0755)) die(path);
    if (ndirs == cap) {
        cap *= 2;
        dirs = realloc(dirs, (size_t)cap * sizeof *dirs);
        if (!dirs) abort();
    }
    dirs[ndirs].path = strdup(path);
    dirs[ndirs].depth = dirs[parent].depth + 1;
    return ndirs++;
}

static void fill(int d, long n, const char *prefix) {
    static const char *const ext[] = { ".dat", ".txt", ".h5", ".nc", "", ".log", ".tar.gz", ".bin" };
    int dfd = open(dirs[d].path, O_RDONLY | O_DIRECTORY);
    if (dfd < 0) die(dirs[d].path);
    for (long i = 0; i < n; i++) {
        uint64_t r = rnd();
        char name[64];
        snprintf(name, sizeof name, "%s_%06ld_%04x%s", prefix, i, (unsigned)(r & 0xffff), ext[(r >> 16) & 7]);
        int fd = openat(dfd, name, O_WRONLY | O_CREAT | O_EXCL, (r >> 20) % 5 ? 0644 : 0600);
        if (fd < 0) die(name);
        off_t size = (off_t)1 << ((r >> 24) % 18);
        size += (off_t)((r >> 40) % (uint64_t)size);
        if (((r >> 60) & 15) == 0) {
            char buf[512];
            memset(buf, (int)r, sizeof buf);
            if (write(fd, buf, size < 512 ? (size_t)size : 512) < 0) die(name);
        } else if (ftruncate(fd, size)) {
            die(name);
        }
        close(fd);
        nfiles++;
    }
    close(dfd);
}

int main(int argc, char **argv) {
    int flat = argc == 4 && !strcmp(argv[2], "flat");
    if (argc != 3 && !flat) { fputs("usage: mktree ROOT SCALE   (1000 = one million files)\n       mktree ROOT flat N\n", stderr); return 2; }
    long scale = atol(argv[argc - 1]);
    dirs = malloc((size_t)cap * sizeof *dirs);
    mkdir(argv[1], 0755);
    dirs[0].path = argv[1];
    dirs[0].depth = 0;
    ndirs = 1;
    if (flat) {
        fill(0, scale, "flat");
        printf("%ld files %d dirs\n", nfiles, ndirs);
        return 0;
    }
    const struct { const char *prefix; long count, files; } cls[] = {
        { "flat", 2, 100 * scale },               // huge flat directories
        { "set", 20, 10 * scale },
        { "run", 300 * scale / 1000, 1000 },
        { "job", 3000 * scale / 1000, 60 },
        { "leaf", 20000 * scale / 1000, 6 },
    };
    for (int k = 0; k < 5; k++)
        for (long i = 0; i < cls[k].count; i++) {
            int parent, tries = 0;
            do parent = (int)(rnd() % (uint64_t)ndirs);
            while ((dirs[parent].depth > MAX_DEPTH || (k && parent < 3 && parent > 0)) && ++tries < 50);
            fill(new_dir(parent, cls[k].prefix), cls[k].files, cls[k].prefix);
        }
    printf("%ld files %d dirs\n", nfiles, ndirs);
    return 0;
}
