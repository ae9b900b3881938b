// SPDX-License-Identifier: Apache-2.0
// latencyfs - a FUSE passthrough that behaves, in time, like a parallel filesystem. Read-only unless rw=1.
//
//   * every metadata operation is answered only after a configurable latency;
//   * an optional per-MDS operation rate cap serialises metadata operations;
//   * file data is laid out RAID-0 over virtual OSTs; every OST serves its stripe pieces
//     first come, first served at a capped bandwidth, plus a fixed latency per read;
//   * the layout of each file is visible through the xattrs lustre.lov / trusted.lov (binary)
//     and user.latencyfs.layout (text); counters through user.latencyfs.stats on the root,
//     and reading user.latencyfs.reset on the root clears them;
//   * with rw=1 whatever alters names or attributes is a metadata operation as well, and data that is written is
//     taken at once, as a client's write-back cache does.
//
// Requests are executed against the backing tree at once and the reply is parked in a
// deadline heap, so the number of outstanding requests is bounded by memory, not by threads.
#define _GNU_SOURCE
#define FUSE_USE_VERSION 312
#include <dirent.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse_lowlevel.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#define MAX_OST 2000

enum opkind { OP_LOOKUP, OP_GETATTR, OP_OPENDIR, OP_READDIR, OP_OPEN, OP_READ, OP_XATTR, OP_READLINK, OP_CHANGE, OP_WRITE, OP_OTHER, OP_N };
static const char *const op_name[OP_N] = { "lookup", "getattr", "opendir", "readdir", "open", "read", "xattr", "readlink", "change", "write", "other" };

static struct config {
    char *root;
    double meta_us;          // default latency of every metadata operation
    double lat_us[OP_N];     // per kind, <0: meta_us
    double read_us;          // latency of a read, on top of the transfer time
    double jitter_pct;       // +- uniform jitter
    double mds_ops;          // metadata operations per second of the whole filesystem, 0 = unlimited
    int osts;                // number of virtual OSTs
    double ost_mbs;          // bandwidth of one OST in MB/s (1e6), 0 = unlimited
    int stripe_count;        // 0 = all OSTs
    unsigned stripe_size;
    double attr_ttl, entry_ttl;
    int rw, readdirplus, direct_io, threads, zero_data, keep_cache;
    unsigned max_readahead, max_background, max_read;
    int debug_stats;
} cfg = {
    .meta_us = 150, .read_us = 300, .osts = 8, .ost_mbs = 0, .stripe_count = 0, .stripe_size = 1u << 20,
    .attr_ttl = 3600, .entry_ttl = 3600, .threads = 4, .max_readahead = 131072, .max_background = 1024,
    .max_read = 1u << 20,
};

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

// ---------------------------------------------------------------- counters
static atomic_long n_op[OP_N];
static atomic_long out_now, out_max, meta_now, meta_max, read_now, read_max;
static atomic_llong bytes_read;
static atomic_long late_max_us, late_sum_us, late_n;
static struct ost { int64_t busy_until; long reqs; long long bytes; int64_t busy_ns; } ost[MAX_OST];
static pthread_mutex_t ost_mu = PTHREAD_MUTEX_INITIALIZER;
static int64_t mds_next;
static pthread_mutex_t mds_mu = PTHREAD_MUTEX_INITIALIZER;

static void raise_max(atomic_long *m, long v) {
    long o = atomic_load(m);
    while (v > o && !atomic_compare_exchange_weak(m, &o, v)) {}
}

// ---------------------------------------------------------------- parked replies
enum rkind { R_ERR, R_ENTRY, R_ATTR, R_OPEN, R_BUF, R_XATTRLEN, R_READLINK, R_STATFS, R_CREATE };
struct parked {
    int64_t due;
    fuse_req_t req;
    enum rkind kind;
    enum opkind op;
    int err;
    size_t len;
    char *buf;
    union { struct fuse_entry_param e; struct stat st; struct fuse_file_info fi; struct statvfs sv;
            struct { struct fuse_entry_param e; struct fuse_file_info fi; } made; } u;
};

static struct parked **heap;
static size_t heap_n, heap_cap;
static pthread_mutex_t heap_mu = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t heap_cv;
static bool stopping;

static void heap_push(struct parked *p) {
    pthread_mutex_lock(&heap_mu);
    if (heap_n == heap_cap) {
        heap_cap = heap_cap ? heap_cap * 2 : 1024;
        heap = realloc(heap, heap_cap * sizeof *heap);
        if (!heap) abort();
    }
    size_t i = heap_n++;
    while (i && heap[(i - 1) / 2]->due > p->due) { heap[i] = heap[(i - 1) / 2]; i = (i - 1) / 2; }
    heap[i] = p;
    if (i == 0) pthread_cond_signal(&heap_cv);
    pthread_mutex_unlock(&heap_mu);
}

static struct parked *heap_pop_locked(void) {
    struct parked *top = heap[0], *last = heap[--heap_n];
    size_t i = 0;
    for (;;) {
        size_t c = 2 * i + 1;
        if (c >= heap_n) break;
        if (c + 1 < heap_n && heap[c + 1]->due < heap[c]->due) c++;
        if (heap[c]->due >= last->due) break;
        heap[i] = heap[c];
        i = c;
    }
    if (heap_n) heap[i] = last;
    return top;
}

static void send_reply(struct parked *p) {
    atomic_fetch_sub(&out_now, 1);
    if (p->op == OP_READ) atomic_fetch_sub(&read_now, 1); else atomic_fetch_sub(&meta_now, 1);
    switch (p->kind) {
    case R_ERR: fuse_reply_err(p->req, p->err); break;
    case R_ENTRY: fuse_reply_entry(p->req, &p->u.e); break;
    case R_ATTR: fuse_reply_attr(p->req, &p->u.st, cfg.attr_ttl); break;
    case R_OPEN: fuse_reply_open(p->req, &p->u.fi); break;
    case R_BUF: fuse_reply_buf(p->req, p->buf, p->len); break;
    case R_XATTRLEN: fuse_reply_xattr(p->req, p->len); break;
    case R_READLINK: fuse_reply_readlink(p->req, p->buf); break;
    case R_STATFS: fuse_reply_statfs(p->req, &p->u.sv); break;
    case R_CREATE: fuse_reply_create(p->req, &p->u.made.e, &p->u.made.fi); break;
    }
    free(p->buf);
    free(p);
}

static void *replier(void *arg) {
    (void)arg;
    prctl(PR_SET_TIMERSLACK, 1UL);
    prctl(PR_SET_NAME, "latencyfs-reply");
    pthread_mutex_lock(&heap_mu);
    for (;;) {
        if (!heap_n) {
            if (stopping) break;
            pthread_cond_wait(&heap_cv, &heap_mu);
            continue;
        }
        int64_t t = now_ns(), due = heap[0]->due;
        if (due <= t || stopping) {
            struct parked *batch[64];
            int n = 0;
            while (n < 64 && heap_n && (heap[0]->due <= t || stopping)) batch[n++] = heap_pop_locked();
            pthread_mutex_unlock(&heap_mu);
            for (int i = 0; i < n; i++) {
                long late = (long)((t - batch[i]->due) / 1000);
                raise_max(&late_max_us, late);
                atomic_fetch_add(&late_sum_us, late);
                atomic_fetch_add(&late_n, 1);
                send_reply(batch[i]);
            }
            pthread_mutex_lock(&heap_mu);
            continue;
        }
        struct timespec ts = { due / 1000000000, due % 1000000000 };
        pthread_cond_clockwait(&heap_cv, &heap_mu, CLOCK_MONOTONIC, &ts);
    }
    pthread_mutex_unlock(&heap_mu);
    return NULL;
}

static int64_t jitter(int64_t ns) {
    if (cfg.jitter_pct <= 0) return ns;
    static _Thread_local uint64_t s;
    if (!s) s = (uint64_t)now_ns() * 0x9E3779B97F4A7C15ULL | 1;
    s ^= s << 13; s ^= s >> 7; s ^= s << 17;
    double f = 1 + cfg.jitter_pct / 100 * (2 * (double)(s >> 11) / 9007199254740992.0 - 1);
    return (int64_t)((double)ns * f);
}

static struct parked *begin(fuse_req_t req, enum opkind op) {
    struct parked *p = calloc(1, sizeof *p);
    if (!p) abort();
    p->req = req;
    p->op = op;
    atomic_fetch_add(&n_op[op], 1);
    raise_max(&out_max, atomic_fetch_add(&out_now, 1) + 1);
    if (op == OP_READ) raise_max(&read_max, atomic_fetch_add(&read_now, 1) + 1);
    else raise_max(&meta_max, atomic_fetch_add(&meta_now, 1) + 1);
    p->due = now_ns();
    return p;
}

static void finish_meta(struct parked *p) {
    int64_t start = p->due;
    if (cfg.mds_ops > 0) {
        int64_t slot = (int64_t)(1e9 / cfg.mds_ops);
        pthread_mutex_lock(&mds_mu);
        if (mds_next < start) mds_next = start;
        start = mds_next;
        mds_next += slot;
        pthread_mutex_unlock(&mds_mu);
    }
    double us = cfg.lat_us[p->op] >= 0 ? cfg.lat_us[p->op] : cfg.meta_us;
    p->due = start + jitter((int64_t)(us * 1000));
    if (us <= 0 && cfg.mds_ops <= 0) send_reply(p); else heap_push(p);
}

static void finish_err(struct parked *p, int err) {
    p->kind = R_ERR;
    p->err = err;
    finish_meta(p);
}

// ---------------------------------------------------------------- nodes
struct node {
    struct node *hnext;
    struct node *parent;
    uint64_t ino, dev;
    uint64_t nlookup;
    int refs;                // children plus 1 while nlookup > 0
    int dirfd;               // O_PATH fd: of directories, opened on first use; with rw=1 of all without a handle, from the start
    struct file_handle *handle; // with rw=1: of what is no directory
    bool isdir;
    char name[];
};
#define HB (1u << 20)
static struct node *htab[HB];
static struct node *rootn;
static pthread_mutex_t node_mu = PTHREAD_MUTEX_INITIALIZER;

static unsigned hash_ino(uint64_t ino, uint64_t dev) { return (unsigned)(((ino ^ dev << 40) * 0x9E3779B97F4A7C15ULL) >> 44) & (HB - 1); }
static struct node *N(fuse_ino_t i) { return i == FUSE_ROOT_ID ? rootn : (struct node *)(uintptr_t)i; }

static int node_dirfd(struct node *n) {
    int fd = atomic_load_explicit((_Atomic int *)&n->dirfd, memory_order_acquire);
    if (fd >= 0) return fd;
    int pfd = node_dirfd(n->parent);
    if (pfd < 0) return pfd;
    fd = openat(pfd, n->name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return -errno;
    int expect = -1;
    if (!atomic_compare_exchange_strong((_Atomic int *)&n->dirfd, &expect, fd)) { close(fd); fd = expect; }
    return fd;
}

// With rw=1 names change, so that nothing goes by them: directories keep a descriptor, everything else a handle, since there may
// be more files than the limit allows descriptors. What cannot have a handle (open_by_handle_at(2)) keeps a descriptor too.
static int handle_root = -1; // a descriptor of the filesystem that handles are of
#define HANDLE_BYTES 64

static struct file_handle *handle_of(int fd) {
    int mount;
    struct file_handle *h = calloc(1, sizeof *h + HANDLE_BYTES);
    if (!h) abort();
    h->handle_bytes = HANDLE_BYTES;
    if (name_to_handle_at(fd, "", h, &mount, AT_EMPTY_PATH)) { free(h); return NULL; }
    return h;
}

static bool same_handle(const struct file_handle *a, const struct file_handle *b) {
    return a == b || (a && b && a->handle_type == b->handle_type && a->handle_bytes == b->handle_bytes && !memcmp(a->f_handle, b->f_handle, a->handle_bytes));
}

static void find_handle_root(const char *path) {
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), got = -1;
    struct file_handle *h = fd < 0 ? NULL : handle_of(fd);
    if (h) got = open_by_handle_at(fd, h, O_PATH | O_CLOEXEC);
    free(h);
    if (got < 0) { if (fd >= 0) close(fd); return; }
    close(got);
    handle_root = fd;
}

static int hold(struct node *n) { return n->handle ? open_by_handle_at(handle_root, n->handle, O_PATH | O_CLOEXEC) : n->dirfd; }
static void let_go(struct node *n, int fd) {
    int err = errno;
    if (n->handle && fd >= 0) close(fd);
    errno = err;
}

static int node_stat(struct node *n, struct stat *st) {
    if (n == rootn || cfg.rw) {
        int fd = hold(n), err = fd < 0 || fstat(fd, st) ? errno : 0;
        let_go(n, fd);
        return err;
    }
    int pfd = node_dirfd(n->parent);
    if (pfd < 0) return -pfd;
    return fstatat(pfd, n->name, st, AT_SYMLINK_NOFOLLOW) ? errno : 0;
}

struct proc_path { char text[32]; };
static struct proc_path proc_of(int fd) {
    struct proc_path p;
    snprintf(p.text, sizeof p.text, "/proc/self/fd/%d", fd);
    return p;
}

static int node_open(struct node *n, int flags) {
    if (n == rootn) return openat(n->dirfd, ".", flags | O_CLOEXEC);
    if (n->handle) return open_by_handle_at(handle_root, n->handle, flags | O_CLOEXEC);
    if (cfg.rw) return open(proc_of(n->dirfd).text, flags | O_CLOEXEC);
    int pfd = node_dirfd(n->parent);
    if (pfd < 0) { errno = -pfd; return -1; }
    return openat(pfd, n->name, flags | O_NOFOLLOW | O_CLOEXEC);
}

static void node_put_locked(struct node *n) {
    while (n && n != rootn && --n->refs == 0) {
        struct node **pp = &htab[hash_ino(n->ino, n->dev)];
        while (*pp && *pp != n) pp = &(*pp)->hnext;
        if (*pp) *pp = n->hnext;
        struct node *parent = n->parent;
        if (n->dirfd >= 0) close(n->dirfd);
        free(n->handle);
        free(n);
        n = parent;
    }
}

// Takes fd, which is -1 or the O_PATH descriptor of a node, and handle. What keeps a descriptor keeps its inode's number;
// a number with another handle is that of a new file, and the node is of one that is gone.
static struct node *node_get(struct node *parent, const char *name, const struct stat *st, int fd, struct file_handle *handle) {
    unsigned h = hash_ino(st->st_ino, st->st_dev);
    pthread_mutex_lock(&node_mu);
    struct node *n = htab[h];
    while (n && (n->ino != st->st_ino || n->dev != st->st_dev || !same_handle(n->handle, handle))) n = n->hnext;
    if (!n) {
        size_t l = strlen(name) + 1;
        n = calloc(1, sizeof *n + l);
        if (!n) abort();
        memcpy(n->name, name, l);
        n->ino = st->st_ino;
        n->dev = st->st_dev;
        n->dirfd = fd;
        n->handle = handle;
        fd = -1;
        handle = NULL;
        n->isdir = S_ISDIR(st->st_mode);
        n->parent = parent;
        if (parent != rootn) parent->refs++;
        n->refs = 1;
        n->hnext = htab[h];
        htab[h] = n;
    }
    n->nlookup++;
    pthread_mutex_unlock(&node_mu);
    if (fd >= 0) close(fd);
    free(handle);
    return n;
}

static void do_forget(fuse_ino_t ino, uint64_t nl) {
    struct node *n = N(ino);
    if (n == rootn) return;
    pthread_mutex_lock(&node_mu);
    if (nl > n->nlookup) nl = n->nlookup;
    n->nlookup -= nl;
    if (nl && n->nlookup == 0) node_put_locked(n);
    pthread_mutex_unlock(&node_mu);
}

// ---------------------------------------------------------------- layout
static int eff_count(void) { return cfg.stripe_count > 0 && cfg.stripe_count < cfg.osts ? cfg.stripe_count : cfg.osts; }
static int first_ost(uint64_t ino) { return (int)((ino * 0x9E3779B97F4A7C15ULL >> 33) % (unsigned)cfg.osts); }

static size_t lov_xattr(uint64_t ino, uint8_t *out) {   // Lustre lov_user_md_v1, little endian
    int c = eff_count();
    memset(out, 0, 32 + 24 * (size_t)c);
    uint32_t v32; uint16_t v16; uint64_t v64;
    v32 = htole32(0x0BD10BD0u); memcpy(out, &v32, 4);          // magic
    v32 = htole32(1); memcpy(out + 4, &v32, 4);                // pattern RAID0
    v64 = htole64(ino); memcpy(out + 8, &v64, 8);              // object id / sequence
    v64 = htole64(0x200000400ULL); memcpy(out + 16, &v64, 8);
    v32 = htole32(cfg.stripe_size); memcpy(out + 24, &v32, 4);
    v16 = htole16((uint16_t)c); memcpy(out + 28, &v16, 2);
    v16 = 0; memcpy(out + 30, &v16, 2);                        // layout generation
    int f = first_ost(ino);
    for (int i = 0; i < c; i++) {
        uint8_t *o = out + 32 + 24 * (size_t)i;
        v64 = htole64(ino); memcpy(o, &v64, 8);                // object id, sequence 0
        v32 = 0; memcpy(o + 16, &v32, 4);                      // OST generation
        v32 = htole32((uint32_t)((f + i) % cfg.osts)); memcpy(o + 20, &v32, 4);
    }
    return 32 + 24 * (size_t)c;
}

static size_t text_layout(uint64_t ino, char *b, size_t cap) {
    int c = eff_count(), f = first_ost(ino);
    size_t n = (size_t)snprintf(b, cap, "stripe_size=%u stripe_count=%d osts=", cfg.stripe_size, c);
    for (int i = 0; i < c && n < cap - 8; i++) n += (size_t)snprintf(b + n, cap - n, "%s%d", i ? "," : "", (f + i) % cfg.osts);
    return n;
}

// time at which a read of [off, off+len) of this file is complete
static int64_t ost_schedule(uint64_t ino, uint64_t off, size_t len, int64_t t0) {
    int64_t done = t0;
    if (!len) return t0 + jitter((int64_t)(cfg.read_us * 1000));
    int c = eff_count(), f = first_ost(ino);
    pthread_mutex_lock(&ost_mu);
    while (len) {
        uint64_t stripe = off / cfg.stripe_size;
        size_t in = (size_t)(off % cfg.stripe_size), n = cfg.stripe_size - in;
        if (n > len) n = len;
        struct ost *o = &ost[(f + (int)(stripe % (unsigned)c)) % cfg.osts];
        int64_t dur = cfg.ost_mbs > 0 ? (int64_t)((double)n * 1000.0 / cfg.ost_mbs) : 0;
        if (o->busy_until < t0) o->busy_until = t0;
        o->busy_until += dur;
        o->busy_ns += dur;
        o->reqs++;
        o->bytes += (long long)n;
        if (o->busy_until > done) done = o->busy_until;
        off += n;
        len -= n;
    }
    pthread_mutex_unlock(&ost_mu);
    return done + jitter((int64_t)(cfg.read_us * 1000));
}

// ---------------------------------------------------------------- operations
static void lfs_init(void *ud, struct fuse_conn_info *conn) {
    (void)ud;
    conn->max_readahead = cfg.max_readahead;
    conn->max_background = cfg.max_background;
    conn->congestion_threshold = cfg.max_background * 3 / 4;
    conn->want &= ~(unsigned)(FUSE_CAP_READDIRPLUS | FUSE_CAP_READDIRPLUS_AUTO | FUSE_CAP_SPLICE_READ);
    if (cfg.readdirplus) conn->want |= conn->capable & FUSE_CAP_READDIRPLUS;
    if (conn->capable & FUSE_CAP_PARALLEL_DIROPS) conn->want |= FUSE_CAP_PARALLEL_DIROPS;
    if (conn->capable & FUSE_CAP_ASYNC_READ) conn->want |= FUSE_CAP_ASYNC_READ;
    if (conn->capable & FUSE_CAP_ASYNC_DIO) conn->want |= FUSE_CAP_ASYNC_DIO;
}

static int fill_entry(struct node *parent, int pfd, const char *name, struct fuse_entry_param *e) {
    struct stat st;
    int fd = -1;
    struct file_handle *handle = NULL;
    if (cfg.rw) {
        fd = openat(pfd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
        if (fd < 0) return errno;
        if (fstat(fd, &st)) { int err = errno; close(fd); return err; }
        if (!S_ISDIR(st.st_mode) && st.st_dev == rootn->dev && handle_root >= 0) handle = handle_of(fd);
        if (handle) { close(fd); fd = -1; }
    } else if (fstatat(pfd, name, &st, AT_SYMLINK_NOFOLLOW)) return errno;
    memset(e, 0, sizeof *e);
    e->attr = st;
    e->ino = (fuse_ino_t)(uintptr_t)node_get(parent, name, &st, fd, handle);
    e->attr_timeout = cfg.attr_ttl;
    e->entry_timeout = cfg.entry_ttl;
    return 0;
}

static void lfs_lookup(fuse_req_t req, fuse_ino_t ino, const char *name) {
    struct parked *p = begin(req, OP_LOOKUP);
    int pfd = node_dirfd(N(ino));
    int err = pfd < 0 ? -pfd : fill_entry(N(ino), pfd, name, &p->u.e);
    if (err) { finish_err(p, err); return; }
    p->kind = R_ENTRY;
    finish_meta(p);
}

static void lfs_forget(fuse_req_t req, fuse_ino_t ino, uint64_t nl) { do_forget(ino, nl); fuse_reply_none(req); }
static void lfs_forget_multi(fuse_req_t req, size_t c, struct fuse_forget_data *f) {
    for (size_t i = 0; i < c; i++) do_forget(f[i].ino, f[i].nlookup);
    fuse_reply_none(req);
}

static void lfs_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi) {
    (void)fi;
    struct parked *p = begin(req, OP_GETATTR);
    int err = node_stat(N(ino), &p->u.st);
    if (err) { finish_err(p, err); return; }
    p->kind = R_ATTR;
    finish_meta(p);
}

static void lfs_readlink(fuse_req_t req, fuse_ino_t ino) {
    struct parked *p = begin(req, OP_READLINK);
    int fd = cfg.rw ? hold(N(ino)) : node_dirfd(N(ino)->parent);
    if (fd < 0) { finish_err(p, cfg.rw ? errno : -fd); return; }
    p->buf = calloc(1, PATH_MAX + 1);
    ssize_t n = readlinkat(fd, cfg.rw ? "" : N(ino)->name, p->buf, PATH_MAX);
    let_go(N(ino), fd);
    if (n < 0) { finish_err(p, errno); return; }
    p->kind = R_READLINK;
    finish_meta(p);
}

struct dirh { int fd; pthread_mutex_t mu; char *buf; long n, pos; uint64_t next_off; };
struct dent64 { uint64_t ino; int64_t off; uint16_t reclen; uint8_t type; char name[]; };
#define DIRBUF (1 << 17)

static void lfs_opendir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi) {
    struct parked *p = begin(req, OP_OPENDIR);
    int fd = node_open(N(ino), O_RDONLY | O_DIRECTORY);
    if (fd < 0) { finish_err(p, errno); return; }
    struct dirh *d = calloc(1, sizeof *d);
    d->fd = fd;
    d->buf = malloc(DIRBUF);
    pthread_mutex_init(&d->mu, NULL);
    p->u.fi = *fi;
    p->u.fi.fh = (uintptr_t)d;
    p->u.fi.cache_readdir = 0;
    p->kind = R_OPEN;
    finish_meta(p);
}

static void readdir_common(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, struct fuse_file_info *fi, bool plus) {
    struct dirh *d = (struct dirh *)(uintptr_t)fi->fh;
    struct parked *p = begin(req, OP_READDIR);
    p->buf = malloc(size);
    pthread_mutex_lock(&d->mu);
    if ((uint64_t)off != d->next_off) {
        lseek(d->fd, off, SEEK_SET);
        d->n = d->pos = 0;
        d->next_off = (uint64_t)off;
    }
    int err = 0;
    size_t used = 0;
    for (;;) {
        if (d->pos >= d->n) {
            d->n = syscall(SYS_getdents64, d->fd, d->buf, DIRBUF);
            d->pos = 0;
            if (d->n < 0) { err = errno; d->n = 0; }
            if (d->n <= 0) break;
        }
        struct dent64 *e = (struct dent64 *)(d->buf + d->pos);
        size_t w;
        bool dots = e->name[0] == '.' && (!e->name[1] || (e->name[1] == '.' && !e->name[2]));
        if (plus) {
            struct fuse_entry_param ep;
            memset(&ep, 0, sizeof ep);
            ep.attr.st_ino = e->ino;
            ep.attr.st_mode = (mode_t)e->type << 12;
            if (fuse_add_direntry_plus(req, NULL, 0, e->name, &ep, 0) > size - used) break;
            if (!dots) (void)fill_entry(N(ino), node_dirfd(N(ino)), e->name, &ep);
            w = fuse_add_direntry_plus(req, p->buf + used, size - used, e->name, &ep, e->off);
        } else {
            struct stat st;
            memset(&st, 0, sizeof st);
            st.st_ino = e->ino;
            st.st_mode = (mode_t)e->type << 12;
            w = fuse_add_direntry(req, p->buf + used, size - used, e->name, &st, e->off);
            if (w > size - used) break;
        }
        used += w;
        d->pos += e->reclen;
        d->next_off = (uint64_t)e->off;
    }
    pthread_mutex_unlock(&d->mu);
    if (err && !used) { finish_err(p, err); return; }
    p->kind = R_BUF;
    p->len = used;
    finish_meta(p);
}
static void lfs_readdir(fuse_req_t r, fuse_ino_t i, size_t s, off_t o, struct fuse_file_info *fi) { readdir_common(r, i, s, o, fi, false); }
static void lfs_readdirplus(fuse_req_t r, fuse_ino_t i, size_t s, off_t o, struct fuse_file_info *fi) { readdir_common(r, i, s, o, fi, true); }

static void lfs_releasedir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi) {
    (void)ino;
    struct dirh *d = (struct dirh *)(uintptr_t)fi->fh;
    close(d->fd);
    free(d->buf);
    free(d);
    fuse_reply_err(req, 0);
}

static void lfs_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi) {
    struct parked *p = begin(req, OP_OPEN);
    if (!cfg.rw && (fi->flags & O_ACCMODE) != O_RDONLY) { finish_err(p, EROFS); return; }
    int fd = node_open(N(ino), cfg.rw ? fi->flags & (O_ACCMODE | O_TRUNC | O_APPEND) : O_RDONLY);
    if (fd < 0) { finish_err(p, errno); return; }
    p->u.fi = *fi;
    p->u.fi.fh = (uint64_t)fd;
    p->u.fi.direct_io = cfg.direct_io || (fi->flags & O_DIRECT) ? 1 : 0;
    p->u.fi.keep_cache = cfg.keep_cache ? 1 : 0;
    p->kind = R_OPEN;
    finish_meta(p);
}

static void lfs_release(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi) {
    (void)ino;
    close((int)fi->fh);
    fuse_reply_err(req, 0);
}

static void lfs_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, struct fuse_file_info *fi) {
    struct parked *p = begin(req, OP_READ);
    struct stat st;
    ssize_t n;
    p->buf = cfg.zero_data ? calloc(1, size) : malloc(size);
    if (cfg.zero_data) {
        n = fstat((int)fi->fh, &st) ? -1 : off >= st.st_size ? 0 : (st.st_size - off < (off_t)size ? (ssize_t)(st.st_size - off) : (ssize_t)size);
    } else {
        n = pread((int)fi->fh, p->buf, size, off);
    }
    if (n < 0) { p->kind = R_ERR; p->err = errno; } else { p->kind = R_BUF; p->len = (size_t)n; }
    if (n > 0) atomic_fetch_add(&bytes_read, n);
    struct node *nd = N(ino);
    p->due = ost_schedule(nd->ino, (uint64_t)off, n > 0 ? (size_t)n : 0, p->due);
    heap_push(p);
}

static size_t stats_text(char *b, size_t cap) {
    size_t n = 0;
    for (int i = 0; i < OP_N; i++) n += (size_t)snprintf(b + n, cap - n, "%s=%ld\n", op_name[i], atomic_load(&n_op[i]));
    long ln = atomic_load(&late_n);
    n += (size_t)snprintf(b + n, cap - n,
        "bytes_read=%lld\nmax_outstanding=%ld\nmax_outstanding_meta=%ld\nmax_outstanding_read=%ld\n"
        "reply_late_avg_us=%.1f\nreply_late_max_us=%ld\n",
        atomic_load(&bytes_read), atomic_load(&out_max), atomic_load(&meta_max), atomic_load(&read_max),
        ln ? (double)atomic_load(&late_sum_us) / (double)ln : 0.0, atomic_load(&late_max_us));
    pthread_mutex_lock(&ost_mu);
    for (int i = 0; i < cfg.osts && n + 128 < cap; i++)
        n += (size_t)snprintf(b + n, cap - n, "ost%d_pieces=%ld bytes=%lld busy_ms=%.1f\n", i, ost[i].reqs, ost[i].bytes, (double)ost[i].busy_ns / 1e6);
    pthread_mutex_unlock(&ost_mu);
    return n;
}

static void stats_reset(void) {
    for (int i = 0; i < OP_N; i++) atomic_store(&n_op[i], 0);
    atomic_store(&out_max, 0); atomic_store(&meta_max, 0); atomic_store(&read_max, 0);
    atomic_store(&bytes_read, 0); atomic_store(&late_max_us, 0); atomic_store(&late_sum_us, 0); atomic_store(&late_n, 0);
    pthread_mutex_lock(&ost_mu);
    for (int i = 0; i < cfg.osts; i++) { ost[i].reqs = 0; ost[i].bytes = 0; ost[i].busy_ns = 0; }
    pthread_mutex_unlock(&ost_mu);
}

static void lfs_getxattr(fuse_req_t req, fuse_ino_t ino, const char *name, size_t size) {
    struct parked *p = begin(req, OP_XATTR);
    struct node *n = N(ino);
    ssize_t r = -1;
    size_t cap = 65536;
    p->buf = malloc(cap);
    if (n == rootn && !strcmp(name, "user.latencyfs.stats")) {
        r = (ssize_t)stats_text(p->buf, cap);
    } else if (n == rootn && !strcmp(name, "user.latencyfs.reset")) {
        stats_reset();
        memcpy(p->buf, "ok", 2);
        r = 2;
    } else if (!n->isdir && (!strcmp(name, "lustre.lov") || !strcmp(name, "trusted.lov"))) {
        r = (ssize_t)lov_xattr(n->ino, (uint8_t *)p->buf);
    } else if (!n->isdir && !strcmp(name, "user.latencyfs.layout")) {
        r = (ssize_t)text_layout(n->ino, p->buf, cap);
    } else {
        int fd = node_open(n, O_RDONLY | O_NONBLOCK);
        if (fd >= 0) { r = fgetxattr(fd, name, p->buf, cap); int e = errno; close(fd); errno = e; }
        else if (errno == ELOOP) errno = ENODATA;
    }
    if (r < 0) { finish_err(p, errno); return; }
    if (size == 0) { p->kind = R_XATTRLEN; p->len = (size_t)r; }
    else if ((size_t)r > size) { finish_err(p, ERANGE); return; }
    else { p->kind = R_BUF; p->len = (size_t)r; }
    finish_meta(p);
}

static void lfs_listxattr(fuse_req_t req, fuse_ino_t ino, size_t size) {
    struct parked *p = begin(req, OP_XATTR);
    struct node *n = N(ino);
    size_t cap = 65536, len = 0;
    p->buf = malloc(cap);
    int fd = node_open(n, O_RDONLY | O_NONBLOCK);
    if (fd >= 0) { ssize_t r = flistxattr(fd, p->buf, cap - 256); if (r > 0) len = (size_t)r; close(fd); }
    static const char extra[] = "lustre.lov\0user.latencyfs.layout";
    if (!n->isdir) { memcpy(p->buf + len, extra, sizeof extra); len += sizeof extra; }
    if (size == 0) { p->kind = R_XATTRLEN; p->len = len; }
    else if (len > size) { finish_err(p, ERANGE); return; }
    else { p->kind = R_BUF; p->len = len; }
    finish_meta(p);
}

static void lfs_statfs(fuse_req_t req, fuse_ino_t ino) {
    (void)ino;
    struct parked *p = begin(req, OP_OTHER);
    if (fstatvfs(rootn->dirfd, &p->u.sv)) { finish_err(p, errno); return; }
    p->kind = R_STATFS;
    finish_meta(p);
}

// ---------------------------------------------------------------- changes (rw=1)
static void finish_change(struct parked *p, bool failed) { finish_err(p, failed ? errno : 0); }

// The answer to whatever made a name.
static void finish_made(struct parked *p, struct node *parent, const char *name, bool failed) {
    int err = failed ? errno : fill_entry(parent, parent->dirfd, name, &p->u.e);
    if (err) { finish_err(p, err); return; }
    p->kind = R_ENTRY;
    finish_meta(p);
}

static void lfs_mkdir(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode) {
    struct parked *p = begin(req, OP_CHANGE);
    finish_made(p, N(parent), name, mkdirat(N(parent)->dirfd, name, mode) != 0);
}

static void lfs_mknod(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode, dev_t rdev) {
    struct parked *p = begin(req, OP_CHANGE);
    finish_made(p, N(parent), name, mknodat(N(parent)->dirfd, name, mode, rdev) != 0);
}

static void lfs_symlink(fuse_req_t req, const char *target, fuse_ino_t parent, const char *name) {
    struct parked *p = begin(req, OP_CHANGE);
    finish_made(p, N(parent), name, symlinkat(target, N(parent)->dirfd, name) != 0);
}

static void lfs_link(fuse_req_t req, fuse_ino_t ino, fuse_ino_t parent, const char *name) {
    struct parked *p = begin(req, OP_CHANGE);
    int fd = hold(N(ino));
    bool failed = fd < 0 || linkat(fd, "", N(parent)->dirfd, name, AT_EMPTY_PATH) != 0;
    let_go(N(ino), fd);
    finish_made(p, N(parent), name, failed);
}

static void lfs_unlink(fuse_req_t req, fuse_ino_t parent, const char *name) {
    struct parked *p = begin(req, OP_CHANGE);
    finish_change(p, unlinkat(N(parent)->dirfd, name, 0) != 0);
}

static void lfs_rmdir(fuse_req_t req, fuse_ino_t parent, const char *name) {
    struct parked *p = begin(req, OP_CHANGE);
    finish_change(p, unlinkat(N(parent)->dirfd, name, AT_REMOVEDIR) != 0);
}

static void lfs_rename(fuse_req_t req, fuse_ino_t parent, const char *name, fuse_ino_t to, const char *new_name, unsigned flags) {
    struct parked *p = begin(req, OP_CHANGE);
    finish_change(p, renameat2(N(parent)->dirfd, name, N(to)->dirfd, new_name, flags) != 0);
}

static int set_attributes(int node, const struct stat *a, int set, const struct fuse_file_info *fi) {
    struct proc_path path = proc_of(node);
    if (set & FUSE_SET_ATTR_MODE && chmod(path.text, a->st_mode & 07777)) return errno;
    if (set & (FUSE_SET_ATTR_UID | FUSE_SET_ATTR_GID) &&
        fchownat(node, "", set & FUSE_SET_ATTR_UID ? a->st_uid : (uid_t)-1, set & FUSE_SET_ATTR_GID ? a->st_gid : (gid_t)-1, AT_EMPTY_PATH)) return errno;
    if (set & FUSE_SET_ATTR_SIZE && (fi ? ftruncate((int)fi->fh, a->st_size) : truncate(path.text, a->st_size))) return errno;
    if (set & (FUSE_SET_ATTR_ATIME | FUSE_SET_ATTR_MTIME)) {
        struct timespec t[2] = { { 0, UTIME_OMIT }, { 0, UTIME_OMIT } };
        if (set & FUSE_SET_ATTR_ATIME_NOW) t[0].tv_nsec = UTIME_NOW;
        else if (set & FUSE_SET_ATTR_ATIME) t[0] = a->st_atim;
        if (set & FUSE_SET_ATTR_MTIME_NOW) t[1].tv_nsec = UTIME_NOW;
        else if (set & FUSE_SET_ATTR_MTIME) t[1] = a->st_mtim;
        if (utimensat(node, "", t, AT_EMPTY_PATH)) return errno;
    }
    return 0;
}

static void lfs_setattr(fuse_req_t req, fuse_ino_t ino, struct stat *attr, int set, struct fuse_file_info *fi) {
    struct parked *p = begin(req, OP_CHANGE);
    int fd = hold(N(ino)), err = fd < 0 ? errno : set_attributes(fd, attr, set, fi);
    let_go(N(ino), fd);
    if (!err) err = node_stat(N(ino), &p->u.st);
    if (err) { finish_err(p, err); return; }
    p->kind = R_ATTR;
    finish_meta(p);
}

static void lfs_create(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode, struct fuse_file_info *fi) {
    struct parked *p = begin(req, OP_CHANGE);
    int fd = openat(N(parent)->dirfd, name, (fi->flags & (O_ACCMODE | O_TRUNC | O_APPEND | O_EXCL)) | O_CREAT | O_NOFOLLOW | O_CLOEXEC, mode);
    if (fd < 0) { finish_err(p, errno); return; }
    p->u.made.fi = *fi;
    p->u.made.fi.fh = (uint64_t)fd;
    int err = fill_entry(N(parent), N(parent)->dirfd, name, &p->u.made.e);
    if (err) { close(fd); finish_err(p, err); return; }
    p->kind = R_CREATE;
    finish_meta(p);
}

static void lfs_write(fuse_req_t req, fuse_ino_t ino, const char *bytes, size_t size, off_t off, struct fuse_file_info *fi) {
    (void)ino;
    atomic_fetch_add(&n_op[OP_WRITE], 1);
    ssize_t n = pwrite((int)fi->fh, bytes, size, off);
    if (n < 0) fuse_reply_err(req, errno); else fuse_reply_write(req, (size_t)n);
}

// What the rig itself tells as the layout of a file is nobody's to set.
static bool own_xattr(const char *name) {
    return !strcmp(name, "lustre.lov") || !strcmp(name, "trusted.lov") || !strncmp(name, "user.latencyfs.", 15);
}

static void lfs_setxattr(fuse_req_t req, fuse_ino_t ino, const char *name, const char *value, size_t size, int flags) {
    struct parked *p = begin(req, OP_CHANGE);
    int fd = hold(N(ino));
    bool failed = fd < 0 || (!own_xattr(name) && setxattr(proc_of(fd).text, name, value, size, flags) != 0);
    let_go(N(ino), fd);
    finish_change(p, failed);
}

static void lfs_removexattr(fuse_req_t req, fuse_ino_t ino, const char *name) {
    struct parked *p = begin(req, OP_CHANGE);
    int fd = hold(N(ino));
    bool failed = fd < 0 || (!own_xattr(name) && removexattr(proc_of(fd).text, name) != 0);
    let_go(N(ino), fd);
    finish_change(p, failed);
}

static void lfs_fsync(fuse_req_t req, fuse_ino_t ino, int datasync, struct fuse_file_info *fi) {
    (void)ino;
    struct parked *p = begin(req, OP_OTHER);
    finish_change(p, (datasync ? fdatasync((int)fi->fh) : fsync((int)fi->fh)) != 0);
}

static const struct fuse_lowlevel_ops ops = {
    .init = lfs_init, .lookup = lfs_lookup, .forget = lfs_forget, .forget_multi = lfs_forget_multi,
    .getattr = lfs_getattr, .readlink = lfs_readlink, .opendir = lfs_opendir, .readdir = lfs_readdir,
    .readdirplus = lfs_readdirplus, .releasedir = lfs_releasedir, .open = lfs_open, .read = lfs_read,
    .release = lfs_release, .getxattr = lfs_getxattr, .listxattr = lfs_listxattr,
    .statfs = lfs_statfs,
    // without rw=1 the mount is read-only, and the kernel sends none of these
    .mkdir = lfs_mkdir, .mknod = lfs_mknod, .symlink = lfs_symlink, .link = lfs_link, .unlink = lfs_unlink,
    .rmdir = lfs_rmdir, .rename = lfs_rename, .setattr = lfs_setattr, .create = lfs_create, .write = lfs_write,
    .setxattr = lfs_setxattr, .removexattr = lfs_removexattr, .fsync = lfs_fsync,
};

// libfuse 3.14 (Debian 12) knows FUSE_CAP_PARALLEL_DIROPS but never tells the kernel, which then
// serialises lookups within a directory. The INIT reply is the first thing written; set the bit there.
// Later libfuse versions set it themselves; the patch is then without effect.
static atomic_int init_seen;
ssize_t writev(int fd, const struct iovec *iov, int n) {
    if (!atomic_load(&init_seen) && n == 2 && iov[0].iov_len == 16 && iov[1].iov_len >= 24) {
        uint32_t *out = iov[1].iov_base;                 // major, minor, max_readahead, flags
        if (out[0] == 7) { out[3] |= 1u << 18; atomic_store(&init_seen, 1); }
    }
    return syscall(SYS_writev, fd, iov, n);
}

// ---------------------------------------------------------------- command line
static unsigned parse_size(const char *s) {
    char *e;
    double v = strtod(s, &e);
    if (*e == 'k' || *e == 'K') v *= 1024;
    if (*e == 'm' || *e == 'M') v *= 1024 * 1024;
    return (unsigned)v;
}

static const char usage_text[] =
"usage: latencyfs [options] SOURCE MOUNTPOINT\n"
"  -f                     stay in the foreground\n"
"  -o KEY=VALUE[,...]     fuse mount options and:\n"
"     meta_us=F           latency of each metadata operation in microseconds (150)\n"
"     lookup_us=, getattr_us=, opendir_us=, readdir_us=, open_us=, xattr_us=, readlink_us=, change_us=\n"
"                         override for one kind\n"
"     rw=0|1              may be written to: changes are metadata operations, data is taken at once (0)\n"
"     mds_ops=F           cap of metadata operations per second, all kinds (0 = none)\n"
"     read_us=F           latency of each read (300)\n"
"     jitter=F            +- percent of uniform jitter on latencies (0)\n"
"     osts=N              virtual OSTs (8)\n"
"     ost_mbs=F           bandwidth of one OST, MB/s of 1e6 bytes (0 = unlimited)\n"
"     stripe_count=N      OSTs per file (0 = all)\n"
"     stripe_size=N[k|m]  stripe size (1m)\n"
"     attr_ttl=F entry_ttl=F   kernel cache lifetime in seconds (3600; remount for a cold cache)\n"
"     readdirplus=0|1     attributes together with directory entries (0)\n"
"     max_readahead=N[k|m]  kernel read-ahead window (128k)\n"
"     direct_io=0|1       bypass the page cache (0; O_DIRECT opens always do)\n"
"     keep_cache=0|1      keep cached pages across opens (0)\n"
"     zero_data=0|1       return zeros instead of reading SOURCE (0)\n"
"     threads=N           request threads (4; latency does not occupy threads)\n"
"     max_background=N    asynchronous requests in flight (1024)\n"
"xattrs: files lustre.lov, trusted.lov, user.latencyfs.layout; root user.latencyfs.stats;\n"
"        reading user.latencyfs.reset on the root clears the counters.\n";

static bool take_opt(const char *kv) {
    const char *eq = strchr(kv, '=');
    if (!eq) return false;
    size_t l = (size_t)(eq - kv);
    const char *v = eq + 1;
#define IS(k) (l == sizeof(k) - 1 && !memcmp(kv, k, l))
    if (IS("meta_us")) cfg.meta_us = atof(v);
    else if (IS("lookup_us")) cfg.lat_us[OP_LOOKUP] = atof(v);
    else if (IS("getattr_us")) cfg.lat_us[OP_GETATTR] = atof(v);
    else if (IS("opendir_us")) cfg.lat_us[OP_OPENDIR] = atof(v);
    else if (IS("readdir_us")) cfg.lat_us[OP_READDIR] = atof(v);
    else if (IS("open_us")) cfg.lat_us[OP_OPEN] = atof(v);
    else if (IS("xattr_us")) cfg.lat_us[OP_XATTR] = atof(v);
    else if (IS("readlink_us")) cfg.lat_us[OP_READLINK] = atof(v);
    else if (IS("change_us")) cfg.lat_us[OP_CHANGE] = atof(v);
    else if (IS("rw")) cfg.rw = atoi(v);
    else if (IS("mds_ops")) cfg.mds_ops = atof(v);
    else if (IS("read_us")) cfg.read_us = atof(v);
    else if (IS("jitter")) cfg.jitter_pct = atof(v);
    else if (IS("osts")) cfg.osts = atoi(v);
    else if (IS("ost_mbs")) cfg.ost_mbs = atof(v);
    else if (IS("stripe_count")) cfg.stripe_count = atoi(v);
    else if (IS("stripe_size")) cfg.stripe_size = parse_size(v);
    else if (IS("attr_ttl")) cfg.attr_ttl = atof(v);
    else if (IS("entry_ttl")) cfg.entry_ttl = atof(v);
    else if (IS("readdirplus")) cfg.readdirplus = atoi(v);
    else if (IS("max_readahead")) cfg.max_readahead = parse_size(v);
    else if (IS("direct_io")) cfg.direct_io = atoi(v);
    else if (IS("keep_cache")) cfg.keep_cache = atoi(v);
    else if (IS("zero_data")) cfg.zero_data = atoi(v);
    else if (IS("threads")) cfg.threads = atoi(v);
    else if (IS("max_background")) cfg.max_background = (unsigned)atoi(v);
    else return false;
#undef IS
    return true;
}

int main(int argc, char **argv) {
    char *pos[2] = { 0 };
    int npos = 0;
    bool fg = false;
    char fuseopts[4096 + 4] = "fsname=latencyfs,default_permissions";
    for (int i = 0; i < OP_N; i++) cfg.lat_us[i] = -1;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "-f")) fg = true;
        else if (!strcmp(argv[i], "-h") || !strcmp(argv[i], "--help")) { fputs(usage_text, stdout); return 0; }
        else if (!strcmp(argv[i], "-o") && i + 1 < argc) {
            char *save = NULL, *o = strdup(argv[++i]);
            for (char *t = strtok_r(o, ",", &save); t; t = strtok_r(NULL, ",", &save))
                if (!take_opt(t)) {
                    size_t n = strlen(fuseopts);
                    snprintf(fuseopts + n, sizeof fuseopts - 4 - n, ",%s", t); // 4: rw or ro
                }
            free(o);
        } else if (npos < 2 && argv[i][0] != '-') pos[npos++] = argv[i];
        else { fputs(usage_text, stderr); return 2; }
    }
    if (npos != 2) { fputs(usage_text, stderr); return 2; }
    strcat(fuseopts, cfg.rw ? ",rw" : ",ro");
    umask(0); // the kernel has applied that of the caller
    if (cfg.osts < 1 || cfg.osts > MAX_OST || cfg.stripe_size < 4096) { fputs("latencyfs: bad osts or stripe_size\n", stderr); return 2; }

    struct rlimit rl;
    getrlimit(RLIMIT_NOFILE, &rl);
    rl.rlim_cur = rl.rlim_max = rl.rlim_max > 1000000 ? rl.rlim_max : 1000000;
    if (setrlimit(RLIMIT_NOFILE, &rl)) { getrlimit(RLIMIT_NOFILE, &rl); rl.rlim_cur = rl.rlim_max; setrlimit(RLIMIT_NOFILE, &rl); }

    rootn = calloc(1, sizeof *rootn + 2);
    rootn->refs = 1;
    rootn->isdir = true;
    rootn->parent = rootn;
    strcpy(rootn->name, ".");
    rootn->dirfd = open(pos[0], O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (rootn->dirfd < 0) { perror(pos[0]); return 1; }
    if (cfg.rw) find_handle_root(pos[0]);
    struct stat st;
    fstat(rootn->dirfd, &st);
    rootn->ino = st.st_ino;
    rootn->dev = st.st_dev;

    char *fargv[] = { "latencyfs", "-o", fuseopts, NULL };
    struct fuse_args args = FUSE_ARGS_INIT(3, fargv);
    struct fuse_session *se = fuse_session_new(&args, &ops, sizeof ops, NULL);
    if (!se || fuse_set_signal_handlers(se) || fuse_session_mount(se, pos[1])) return 1;
    fuse_daemonize(fg);
    pthread_condattr_t ca;
    pthread_condattr_init(&ca);
    pthread_condattr_setclock(&ca, CLOCK_MONOTONIC);
    pthread_cond_init(&heap_cv, &ca);
    pthread_t th;
    pthread_create(&th, NULL, replier, NULL);
    struct fuse_loop_config *lc = fuse_loop_cfg_create();
    fuse_loop_cfg_set_clone_fd(lc, 1);
    fuse_loop_cfg_set_max_threads(lc, (unsigned)cfg.threads);
    fuse_loop_cfg_set_idle_threads(lc, (unsigned)cfg.threads);
    int r = fuse_session_loop_mt(se, lc);
    fuse_session_unmount(se);
    pthread_mutex_lock(&heap_mu);
    stopping = true;
    pthread_cond_signal(&heap_cv);
    pthread_mutex_unlock(&heap_mu);
    pthread_join(th, NULL);
    fuse_loop_cfg_destroy(lc);
    fuse_remove_signal_handlers(se);
    fuse_session_destroy(se);
    return r ? 1 : 0;
}
