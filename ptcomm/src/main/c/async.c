/* SPDX-License-Identifier: AGPL-3.0-only
 *
 * Restore without waiting (cap async): items go out as records of batches, bacula-fd is told at once that each is taken,
 * and the backend reports what became of it with one RESULT, in any order. What is not reported is bounded, so a backend
 * that stands still stops bacula-fd. FINISH is acknowledged after the last RESULT.
 *
 * Small records are gathered and go out together; nothing waits here for long, since bacula-fd brings the next item, or
 * the end. While a packet is written, reports are taken, so that both sides cannot wait for each other.
 */
#include "shim.h"
#include <endian.h>
#include <stdlib.h>
#include <string.h>

enum { GATHERED_MAX = 256 * 1024, COPIED_MAX = 16 * 1024, ITEMS_MAX = 4096, BYTES_MAX = 64 << 20 };
enum { RESULT_DONE, RESULT_SKIPPED, RESULT_FAILED, RESULT_ABORT };

int async_start(struct session *s) {
  s->reports = calloc(ITEMS_MAX, sizeof *s->reports);
  if (!s->reports) return fail(s, "out of memory");
  s->oldest = 1;
  s->async = true;
  return 0;
}

/* What has been gathered, and a part that was not copied. */
static int send_gathered(struct session *s, const char *tail, size_t len) {
  size_t head = s->gathered.len;
  if (head + len == 0) return 0;
  s->gathered.len = 0;
  if (packet_send_two(s, 'B', s->gathered.p, head, tail, len)) return -1;
  return async_take(s);
}

static void put32(char *to, uint32_t n) { n = htobe32(n); memcpy(to, &n, sizeof n); }
static void put64(char *to, uint64_t n) { n = htobe64(n); memcpy(to, &n, sizeof n); }

/* A record of two parts. */
static int record(struct session *s, enum record type, char flags, const char *front, size_t front_len, const char *p, size_t len) {
  char h[RECORD_HEADER] = {(char)type, flags};
  size_t whole = RECORD_HEADER + front_len + len;
  if (whole > PACKET_MAX) return fail(s, "%s: %zu bytes in one record are too long for the protocol", s->name.p, len);
  if (s->gathered.len + whole > GATHERED_MAX && send_gathered(s, NULL, 0)) return -1;
  put32(h + 4, (uint32_t)(front_len + len));
  s->reports[s->begun % ITEMS_MAX].bytes += whole;
  s->unreported += whole;
  bool copied = len < COPIED_MAX;
  if (bytes_add(&s->gathered, h, sizeof h) || bytes_add(&s->gathered, front, front_len) || (copied && bytes_add(&s->gathered, p, len)))
    return fail(s, "out of memory");
  return copied ? 0 : send_gathered(s, p, len);
}

/* One record of a B packet. */
static int report(struct session *s) {
  uint64_t number;
  int code;
  if (batch_report(s, &number, &code)) return -1;
  if (!number) return 0;
  struct report *r = &s->reports[number % ITEMS_MAX];
  bool ended = number < s->begun || (number == s->begun && !s->item_open);
  if (number < s->oldest || !ended || r->done || code > RESULT_ABORT)
    return fail(s, "protocol error: result %d of item %llu, of which none is due", code, (unsigned long long)number);
  r->done = true;
  s->unreported -= r->bytes;
  while (s->oldest <= s->begun && s->reports[s->oldest % ITEMS_MAX].done) s->oldest++;
  const char *why = s->text.len ? s->text.p : "a file could not be restored; the lines before say which and why";
  if (code == RESULT_ABORT || (code == RESULT_FAILED && s->params.abort_on_error)) return fail(s, "%s", why);
  if (code == RESULT_FAILED && s->text.len) say(s->job, MSG_ERROR, s->text.p);
  return 0;
}

/* The packet that was read. */
static int reports(struct session *s) {
  if (s->status == 'E') return fail(s, "%s", s->text.p);
  if (s->status != 'B') return fail(s, "protocol error: %c packet instead of the results of a restore", s->status);
  while (s->left) if (report(s)) return -1;
  return 0;
}

int async_take(struct session *s) {
  int waiting;
  while ((waiting = packet_waiting(s)) > 0) {
    int taken = packet_take(s);   /* of a message no report may follow: the backend may wait for us */
    if (taken < 0 || (taken == 0 && reports(s))) return -1;
  }
  return waiting;
}

/* Until fewer than so many items and bytes are unreported. */
static int wait_for_reports(struct session *s, uint64_t items, uint64_t bytes) {
  while (s->begun + 1 - s->oldest >= items || s->unreported >= bytes) if (packet_read(s) || reports(s)) return -1;
  return 0;
}

static int end_item(struct session *s) {
  if (!s->item_open) return 0;
  if (record(s, REC_END, 0, NULL, 0, "", 1)) return -1;
  s->item_open = false;
  return 0;
}

/* Times are whole seconds: bacula-fd has no more. In place of the first link's number comes its FileIndex on the volume. */
int async_item(struct session *s, const struct fd_restore *p, char letter, const char *target) {
  const struct stat *st = &p->st;
  char f[ITEM_FIXED] = {0};
  size_t link = target ? strlen(target) : 0;
  if (end_item(s) || restore_name(s, p, letter)) return -1;
  if (s->begun + 1 - s->oldest >= ITEMS_MAX || s->unreported >= BYTES_MAX) {
    /* down to the half, so that the next wait is not one item away */
    if (send_gathered(s, NULL, 0) || wait_for_reports(s, ITEMS_MAX / 2, BYTES_MAX / 2)) return -1;
  }
  s->begun++;
  s->reports[s->begun % ITEMS_MAX] = (struct report){0};
  s->item_open = true;
  bool special = letter == 'F' && !S_ISREG(st->st_mode);
  bool layout = (letter == 'F' || letter == 'E') && S_ISREG(st->st_mode);
  put64(f, s->begun);
  f[8] = special ? 'P' : letter;
  put32(f + 12, st->st_mode);
  put32(f + 16, st->st_uid);
  put32(f + 20, st->st_gid);
  put32(f + 24, (uint32_t)st->st_nlink);
  put64(f + 32, st->st_size < 0 ? 0 : (uint64_t)st->st_size);
  put64(f + 40, st->st_ino);
  put64(f + 48, st->st_dev);
  put64(f + 56, layout && !(s->caps & CAP_META) ? 0 : st->st_rdev);
  put64(f + 64, (uint64_t)st->st_mtime);
  put64(f + 76, (uint64_t)st->st_atime);
  put64(f + 88, (uint64_t)st->st_ctime);
  put64(f + 112, letter == 'L' && p->link_fi > 0 ? (uint64_t)p->link_fi : 0);
  put32(f + 120, (uint32_t)s->name.len);
  put32(f + 124, (uint32_t)link);
  s->scratch.len = 0;
  if (bytes_add(&s->scratch, s->name.p, s->name.len) || bytes_add(&s->scratch, target, link)) return fail(s, "out of memory");
  return record(s, REC_ITEM, 0, f, sizeof f, s->scratch.p, s->scratch.len);
}

int async_data(struct session *s, const char *p, size_t len) {
  char offset[8];
  bool jump = s->jump;
  s->jump = false;
  put64(offset, (uint64_t)s->position);
  return record(s, REC_DATA, jump ? FLAG_OFFSET : 0, offset, jump ? sizeof offset : 0, p, len);
}

int async_block(struct session *s, enum record type, const char *p, size_t len) { return record(s, type, 0, NULL, 0, p, len); }

int async_finish(struct session *s) {
  if (end_item(s) || send_gathered(s, NULL, 0) || command_send(s, "FINISH\n")) return -1;
  for (;;) {
    if (packet_read(s)) return -1;
    if (s->status == 'F') break;
    if (reports(s)) return -1;
  }
  if (s->oldest <= s->begun)
    return fail(s, "protocol error: the backend ends the restore and has not reported %llu items", (unsigned long long)(s->begun + 1 - s->oldest));
  return 0;
}
