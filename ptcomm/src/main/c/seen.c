/* SPDX-License-Identifier: AGPL-3.0-only
 *
 * KEEP and GONE of an accurate job: which names, of those that the director knew and the backend did not send, are still
 * there. A prefix covers the name itself and all below it; GONE outranks KEEP. Prefixes live in an unlinked file that
 * is mapped, so that their number is bounded by the disk: records of a length, a kind and the text, behind a table
 * of offsets hashed by the text.
 */
#include "shim.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct store { int fd; char *p; size_t room; };
struct seen { struct store text, table; size_t used, slots, count; };
enum { TEXT_START = 1 << 16, SLOTS_START = 1 << 10 };

static int store_open(struct session *s, struct store *f, size_t room) {
  const char *dir;
  f->fd = temporary_file(s->job, &dir);
  if (f->fd < 0) return fail(s, "cannot make a temporary file in %s: %s", dir, strerror(errno));
  f->p = NULL;
  f->room = 0;
  int rc = posix_fallocate(f->fd, 0, (off_t)room);
  if (!rc) f->p = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_SHARED, f->fd, 0);
  if (rc || f->p == MAP_FAILED) { f->p = NULL; return fail(s, "cannot store the list of kept names: %s", strerror(rc ? rc : errno)); }
  f->room = room;
  return 0;
}

static void store_close(struct store *f) {
  if (f->p) munmap(f->p, f->room);
  if (f->fd >= 0) close(f->fd);
  f->p = NULL;
  f->fd = -1;
}

static int store_grow(struct session *s, struct store *f, size_t room) {
  int rc = posix_fallocate(f->fd, 0, (off_t)room);   /* a full disk must not become a SIGBUS */
  void *p = rc ? MAP_FAILED : mremap(f->p, f->room, room, MREMAP_MAYMOVE);
  if (p == MAP_FAILED) return fail(s, "cannot store the list of kept names: %s", strerror(rc ? rc : errno));
  f->p = p;
  f->room = room;
  return 0;
}

static uint64_t hash(const char *text, size_t len) {
  uint64_t h = UINT64_C(0xcbf29ce484222325);
  for (size_t i = 0; i < len; i++) h = (h ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
  return h ^ h >> 29;
}

/* Record: u32 length, u8 kind, text. The slot of `text`, free or taken. */
static uint64_t *slot(const struct seen *e, const char *text, size_t len) {
  uint64_t *table = (uint64_t *)e->table.p;
  for (size_t i = hash(text, len) & (e->slots - 1);; i = (i + 1) & (e->slots - 1)) {
    uint32_t n;
    if (!table[i]) return &table[i];
    memcpy(&n, e->text.p + table[i], 4);
    if (n == len && !memcmp(e->text.p + table[i] + 5, text, len)) return &table[i];
  }
}

static int table_double(struct session *s, struct seen *e) {
  struct store old = e->table;
  size_t slots = e->slots;
  if (store_open(s, &e->table, slots * 2 * sizeof(uint64_t))) { store_close(&e->table); e->table = old; return -1; }
  e->slots = slots * 2;
  for (size_t i = 0; i < slots; i++) {
    uint64_t at = ((uint64_t *)old.p)[i];
    uint32_t n;
    if (!at) continue;
    memcpy(&n, e->text.p + at, 4);
    *slot(e, e->text.p + at + 5, n) = at;
  }
  store_close(&old);
  return 0;
}

int seen_add(struct session *s, bool keep, const char *prefix) {
  struct job *j = s->job;
  size_t len = strlen(prefix);
  while (len > 0 && prefix[len - 1] == '/') len--;
  if (!j->accurate) return 0;
  if (!j->seen) {
    struct seen *e = calloc(1, sizeof *e);
    if (!e) return fail(s, "out of memory");
    e->text.fd = e->table.fd = -1;
    j->seen = e;
    if (store_open(s, &e->text, TEXT_START) || store_open(s, &e->table, SLOTS_START * sizeof(uint64_t))) return -1;
    e->slots = SLOTS_START;
    e->used = 8;
  }
  struct seen *e = j->seen;
  if (!e->slots) return -1;
  while (e->used + len + 5 > e->text.room) if (store_grow(s, &e->text, e->text.room * 2)) return -1;
  if (e->count * 2 >= e->slots && table_double(s, e)) return -1;
  uint64_t *at = slot(e, prefix, len);
  if (*at) { e->text.p[*at + 4] = (char)(keep ? e->text.p[*at + 4] : 0); return 0; }
  uint32_t n = (uint32_t)len;
  memcpy(e->text.p + e->used, &n, 4);
  e->text.p[e->used + 4] = keep;
  memcpy(e->text.p + e->used + 5, prefix, len);
  *at = e->used;
  e->used += len + 5;
  e->count++;
  return 0;
}

/* A job that did not come to its end knows nothing about deletions, so nothing is deleted then. */
bool seen_is(const struct job *j, const char *name) {
  const struct seen *e = j->seen;
  bool kept = !strncmp(name, "/@stripeline/", 13);
  if (j->failed || atomic_load(&j->cancelled)) return true;
  if (!e || !e->slots) return kept;
  size_t len = strlen(name);
  for (size_t n = 0; n <= len; n++) {
    if (n < len && name[n] != '/') continue;
    uint64_t at = *slot(e, name, n);
    if (!at) continue;
    if (!e->text.p[at + 4]) return false;
    kept = true;
  }
  return kept;
}

void seen_free(struct job *j) {
  if (!j->seen) return;
  store_close(&j->seen->text);
  store_close(&j->seen->table);
  free(j->seen);
  j->seen = NULL;
}
