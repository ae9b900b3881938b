/* SPDX-License-Identifier: AGPL-3.0-only
 *
 * Batches (cap batch): B packets of whole records, each of a type, flags, a lane, the length of its body, and the body,
 * integers big endian. An item is ITEM, then META, DATA, ACL and XATTR as it has them, then END; it may go on in the next
 * packet, a record may not. Between items commands may come as without batches.
 *
 * Nothing is gathered here: a record is taken from the wire when the core asks for what it holds, so that memory is
 * bounded whatever a batch says, and data go straight into the core's buffer.
 */
#include "shim.h"
#include <string.h>

enum { END_INCOMPLETE = 1, END_DROP = 2, DROP_WINDOW = 64 * 1024, NANOS = 1000000000 };

static uint32_t be32(const char *p) {
  const unsigned char *u = (const unsigned char *)p;
  return (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 | (uint32_t)u[2] << 8 | u[3];
}

static uint64_t be64(const char *p) { return (uint64_t)be32(p) << 32 | be32(p + 4); }

static int bad(struct session *s, const char *what) {
  return fail(s, "protocol error: %s, in a batch record of type %d near item %llu", what, s->record_type, (unsigned long long)(s->async ? s->begun : s->items + s->deleted));
}

/* Bytes of the record's body. */
static int take(struct session *s, void *to, size_t n) {
  if (n > s->record) return bad(s, "the body is too short");
  s->record -= n;
  return packet_data(s, to, n) < 0 ? -1 : 0;
}

static int take_bytes(struct session *s, struct bytes *to, size_t n) {
  if (n > s->record) return bad(s, "the body is too short");
  if (bytes_room(to, n)) return fail(s, "out of memory");
  if (take(s, to->p + to->len, n)) return -1;
  to->len += n;
  to->p[to->len] = 0;
  return 0;
}

/* A text without NUL bytes; what is left of the body when n is that. */
static int take_text(struct session *s, struct bytes *to, size_t n) {
  to->len = 0;
  if (take_bytes(s, to, n)) return -1;
  return strlen(to->p) == to->len ? 0 : bad(s, "NUL byte in a name or text");
}

/* The header of the next record, in the next packet where this one is used up. The body is left. */
static int record(struct session *s) {
  char h[RECORD_HEADER];
  if (s->record) return bad(s, "bytes behind the end");
  if (s->status != 'B' || !s->left) {
    if (packet_read(s)) return -1;
    if (s->status != 'B') return fail(s, "protocol error: %c packet inside an item of a batch", s->status);
  }
  if (s->left < RECORD_HEADER) return fail(s, "protocol error: a batch ends inside the header of a record");
  if (packet_data(s, h, sizeof h) < 0) return -1;
  s->record_type = h[0] & 0xff;
  s->record_flags = h[1] & 0xff;
  s->record = be32(h + 4);
  if (s->record > s->left) return bad(s, "a body longer than its packet");
  if (h[2] || h[3]) return bad(s, "a lane, which was not agreed on");
  if (s->record_flags && !(s->record_type == REC_DATA && s->record_flags == FLAG_OFFSET && s->caps & CAP_HOLES)) return bad(s, "unknown flags");
  return 0;
}

static int message(struct session *s) {
  char letter;
  if (take(s, &letter, 1)) return -1;
  if (!memchr("IWQN", letter, 4)) return bad(s, "unknown letter of a message");
  if (take_text(s, &s->text, s->record)) return -1;
  say(s->job, packet_message_type(letter), s->text.p);
  return 0;
}

static int end(struct session *s, bool may_drop) {
  char status;
  if (take(s, &status, 1) || take_text(s, &s->text, s->record)) return -1;
  if (status < 0 || status > END_DROP || (status == END_DROP && !may_drop)) return bad(s, "a status that cannot be here");
  if (s->text.len) say(s->job, status ? MSG_ERROR : MSG_INFO, s->text.p);
  return 0;
}

/* Where the item that has just come is dropped by an END in the same packet and near: what is to be skipped, else 0. */
static int dropped(struct session *s, size_t *skip) {
  size_t at = s->record;
  for (*skip = 0; at + RECORD_HEADER < s->left && at < DROP_WINDOW;) {
    if (packet_peek(s, at + RECORD_HEADER + 1)) return -1;
    const char *h = s->buf + s->at + at;
    if (h[0] == REC_END) {
      if (h[RECORD_HEADER] == END_DROP) *skip = at;
      return 0;
    }
    if (h[0] == REC_ITEM) return 0;
    at += RECORD_HEADER + (size_t)be32(h + 4);
  }
  return 0;
}

static int drop(struct session *s, size_t skip) {
  char waste[4096];
  for (s->record = 0; skip;) {
    ssize_t n = packet_data(s, waste, skip < sizeof waste ? skip : sizeof waste);
    if (n < 0) return -1;
    skip -= (size_t)n;
  }
  return record(s) || end(s, true) ? -1 : 0;
}

/* One record between items. An item or object stays unread until the core asks for it. */
int batch_next(struct session *s) {
  size_t skip;
  if (record(s)) return -1;
  switch (s->record_type) {
    case REC_ITEM:
      if (dropped(s, &skip)) return -1;
      if (skip) return drop(s, skip);
      s->next = NEXT_FILE;
      s->next_in_batch = true;
      return 0;
    case REC_ROBJ:
      s->next = NEXT_OBJECT;
      s->next_in_batch = true;
      return 0;
    case REC_GONE:
      if (!(s->caps & CAP_SEEN)) return bad(s, "a deletion, which was not agreed on");
      return take_text(s, &s->text, s->record) || item_gone(s, s->text.p) ? -1 : 0;
    case REC_MSG: return message(s);
    default: return bad(s, "no such record between items");
  }
}

static bool time_of(const char *p, struct timespec *to) {
  to->tv_sec = (time_t)be64(p);
  to->tv_nsec = 0;   /* whole seconds are all that the core keeps */
  return be32(p + 8) < NANOS;
}

static int kind(struct session *s, char letter, uint64_t first, uint64_t number) {
  struct stat *st = &s->st;
  bool good;
  switch (letter) {
    case 'F': s->type = FT_REG; good = S_ISREG(st->st_mode); break;
    case 'E': s->type = FT_REGE; good = S_ISREG(st->st_mode) && st->st_size == 0; break;
    case 'D': s->type = FT_DIREND; good = S_ISDIR(st->st_mode); break;
    case 'S': s->type = FT_LNK; good = S_ISLNK(st->st_mode); break;
    case 'L': s->type = FT_LNKSAVED; good = !S_ISDIR(st->st_mode) && first > 0 && first < number; break;
    case 'P': s->type = FT_REG; good = S_ISFIFO(st->st_mode) || S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode) || S_ISSOCK(st->st_mode); break;
    default: return bad(s, "unknown kind of item");
  }
  if (!good) return bad(s, "a kind that does not fit the mode or the link");
  if (letter != 'L') return first ? bad(s, "a first name of what is no hard link") : 0;
  uint64_t index = (uint64_t)(unsigned)s->first_index + s->options_sent + first;
  if (index > INT32_MAX) return bad(s, "a FileIndex beyond what a volume holds");
  s->link_index = (int32_t)index;
  return 0;
}

int batch_attributes(struct session *s) {
  char f[ITEM_FIXED];
  struct stat *st = &s->st;
  if (take(s, f, sizeof f)) return -1;
  uint64_t number = be64(f), size = be64(f + 32);
  uint32_t mode = be32(f + 12), name = be32(f + 120), target = be32(f + 124);
  if (number != s->items + s->deleted) return bad(s, "the number of the item is not the next");
  if (mode > 0177777 || size > INT64_MAX || f[9] || f[10] || f[11]) return bad(s, "numbers that no item has");
  if (!name || (uint64_t)name + target != s->record) return bad(s, "names that do not fit into the body");
  st->st_size = (off_t)size;
  st->st_mode = (mode_t)mode;
  st->st_uid = be32(f + 16);
  st->st_gid = be32(f + 20);
  st->st_nlink = be32(f + 24);
  st->st_rdev = be64(f + 56);
  st->st_blksize = 4096;
  st->st_blocks = (blkcnt_t)(size / 512 + (size % 512 != 0));
  if (!time_of(f + 64, &st->st_mtim) || !time_of(f + 76, &st->st_atim) || !time_of(f + 88, &st->st_ctim) || be32(f + 108) >= NANOS)
    return bad(s, "a time of more than 999,999,999 nanoseconds");
  if (kind(s, f[8], be64(f + 112), number) || take_text(s, &s->name, name) || take_text(s, &s->link, target)) return -1;
  if (s->type == FT_LNK && !target) return bad(s, "a symbolic link without a target");
  if (S_ISREG(mode) && st->st_rdev && !(s->caps & CAP_META)) return bad(s, "a layout, which was not agreed on");
  if ((s->type == FT_DIREND) != (s->name.p[name - 1] == '/'))
    return fail(s, "protocol error: names of directories, and only those, end in a slash: %s", s->name.p);
  s->phase = PHASE_ATTRS;
  return 0;
}

int batch_object(struct session *s) {
  char len[2];
  s->object.len = 0;
  if (take(s, len, sizeof len) || take_text(s, &s->name, (size_t)((len[0] & 0xff) << 8 | (len[1] & 0xff)))) return -1;
  if (!s->name.len) return bad(s, "an object without a name");
  if (s->record < 2 || s->record > OBJECT_MAX) return bad(s, "an object of a size that cannot be stored");
  return take_bytes(s, &s->object, s->record);
}

static int blob(struct session *s, struct bytes *to) {
  if (to->len) return bad(s, "a second one of one item");
  if (!s->record || s->record > RECORD_MAX) return bad(s, "empty, or more than a record of a volume takes");
  return take_bytes(s, to, s->record);
}

static int data(struct session *s) {
  char offset[8];
  if (s->record_flags) {
    if (take(s, offset, sizeof offset)) return -1;
    uint64_t to = be64(offset);
    if (to > INT64_MAX) return bad(s, "an offset beyond any file");
    s->position = (int64_t)to;
  }
  return s->record ? 0 : bad(s, "no data");
}

/* One record of the item that is with the core. */
static int inside(struct session *s) {
  struct bytes *to;
  if (record(s)) return -1;
  switch (s->record_type) {
    case REC_META:
      if (!(s->caps & CAP_META)) return bad(s, "metadata, which was not agreed on");
      return (to = item_meta(s)) ? blob(s, to) : -1;
    case REC_DATA: return data(s);
    case REC_ACL: return blob(s, &s->acl);
    case REC_XATTR: return blob(s, &s->xattr);
    case REC_MSG: return message(s);
    case REC_END:
      if (end(s, false)) return -1;
      s->phase = PHASE_AFTER;
      return 0;
    default: return bad(s, "no such record inside an item");
  }
}

/* Data of the item, from one record; 0 at its end. */
ssize_t batch_read(struct session *s, void *to, size_t room) {
  while (!s->record) {
    if (inside(s)) return -1;
    if (s->phase == PHASE_AFTER) return 0;
  }
  ssize_t n = packet_data(s, to, s->record < room ? s->record : room);
  if (n > 0) s->record -= (size_t)n;
  return n;
}

/* What the core did not read. */
int batch_finish(struct session *s) {
  char waste[4096];
  ssize_t n;
  while ((n = batch_read(s, waste, sizeof waste)) > 0) s->data_bytes += (uint64_t)n;
  return n < 0 ? -1 : 0;
}

/* What became of an item of a restore; text, where there is some, in s->text. */
int batch_report(struct session *s, uint64_t *number, int *code) {
  char f[9];
  *number = 0;
  if (record(s)) return -1;
  if (s->record_type == REC_MSG) return message(s);
  if (s->record_type != REC_RESULT) return bad(s, "no such record in a restore");
  if (take(s, f, sizeof f) || take_text(s, &s->text, s->record)) return -1;
  *number = be64(f);
  *code = f[8] & 0xff;
  return *number ? 0 : bad(s, "a result of item 0, which there is not");
}
