/* SPDX-License-Identifier: AGPL-3.0-only
 *
 * Restore: every block that goes to the backend is answered before the next one, unless async.c is agreed on.
 */
#include "shim.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of data in one packet: a record of them, with its offset, fits as well. */
enum { DATA_MAX = PACKET_MAX - RECORD_HEADER - 8 };

/* The answer to a block: 0 good, 1 another word (in s->text), 2 the backend said E and the file failed, -1 dead. */
static int answer(struct session *s, const char *what) {
  if (packet_read(s)) return -1;
  if (s->status == 'C') return strcmp(s->text.p, "OK") ? 1 : 0;
  if (s->status != 'E') return fail(s, "protocol error: %c packet in answer to %s", s->status, what);
  if (s->params.abort_on_error) return fail(s, "%s: %s", s->name.p, s->text.p);
  sayf(s->job, MSG_ERROR, "%s: %s", s->name.p, s->text.p);
  return 2;
}

static int refused(struct session *s, const char *what) {
  return fail(s, "protocol error: answer \"%.200s\" to %s", s->text.p, what);
}

static char letter(const struct fd_restore *p) {
  switch (p->type) {
    case FT_LNKSAVED: return 'L';
    case FT_REGE: return 'E';
    case FT_DIREND: return 'D';
    case FT_LNK: return 'S';
    default: return S_ISDIR(p->st.st_mode) ? 'D' : S_ISLNK(p->st.st_mode) ? 'S' : 'F';
  }
}

int restore_name(struct session *s, const struct fd_restore *p, char type) {
  if (bytes_set(&s->name, p->ofname)) return fail(s, "out of memory");
  if (type == 'D' && s->name.p[s->name.len - 1] != '/' && bytes_add(&s->name, "/", 1)) return fail(s, "out of memory");
  return 0;
}

static const char *target(const struct fd_restore *p, char type) {
  return (type == 'S' || type == 'L') && p->olname && *p->olname ? p->olname : NULL;
}

static int announce(struct session *s, const struct fd_restore *p, char type) {
  const char *link = target(p, type);
  struct stat st = p->st;
  uint64_t layout = (type == 'F' || type == 'E') && S_ISREG(st.st_mode) ? st.st_rdev : 0;
  if (restore_name(s, p, type) || command_bytes(s, "FNAME:", s->name.p) || stat_send(s, type, &st, type == 'L' ? p->link_fi : 0)) return -1;
  if (layout && s->caps & CAP_META && command_send(s, "X-LAYOUT:%016llx\n", (unsigned long long)layout)) return -1;
  if (times_send(s, &st) || (link && command_bytes(s, "LSTAT:", link))) return -1;
  return eod_send(s);
}

/* The objects come before the first file, each answered, whatever was agreed on. */
static int begin(struct session *s) {
  s->objects_sent = true;
  if (objects_send(s)) return -1;
  return s->caps & CAP_ASYNC ? async_start(s) : 0;
}

/* Directories and links get their ACL and xattr records with CREATED; all else only with EXTRACT. */
fd_rc restore_create(struct session *s, struct fd_restore *p) {
  char type = letter(p);
  s->taken = s->data_open = s->core_does_it = s->jump = false;
  s->written = s->position = 0;
  p->create_status = CF_ERROR;
  if (!s->dead && !s->objects_sent) begin(s);
  if (s->dead) { p->create_status = CF_SKIP; return RC_OK; }
  if (s->async) {
    if (async_item(s, p, type, target(p, type))) return RC_OK;
    s->taken = true;
    p->create_status = type == 'D' || type == 'S' ? CF_CREATED : CF_EXTRACT;
    return RC_OK;
  }
  if (announce(s, p, type)) return RC_OK;
  int a = answer(s, "the attributes of a file");
  if (a == 0) {
    s->taken = true;
    p->create_status = type == 'D' || type == 'S' ? CF_CREATED : CF_EXTRACT;
  } else if (a == 1 && !strcmp(s->text.p, "SKIP")) p->create_status = CF_SKIP;
  else if (a == 1 && !strcmp(s->text.p, "CORE")) { s->core_does_it = true; p->create_status = CF_CORE; }
  else if (a == 1) refused(s, "the attributes of a file");
  else if (a == 2) p->create_status = CF_SKIP;   /* the reason is in the log already */
  return RC_OK;
}

static int data_send(struct session *s, const char *p, size_t len) {
  return s->async ? async_data(s, p, len) : packet_send(s, 'D', p, len);
}

/* A backend that knows no X-SEEK gets the zeros. */
static int catch_up(struct session *s) {
  static const char ZEROS[65536];
  if (s->position == s->written) return 0;
  if (s->caps & CAP_HOLES) {
    s->written = s->position;
    s->jump = true;
    return s->async ? 0 : command_send(s, "X-SEEK:%lld\n", (long long)s->position);
  }
  if (s->position < s->written) return fail(s, "%s: its data are not in order, which this backend cannot restore", s->name.p);
  while (s->written < s->position) {
    int64_t n = s->position - s->written < (int64_t)sizeof ZEROS ? s->position - s->written : (int64_t)sizeof ZEROS;
    if (data_send(s, ZEROS, (size_t)n)) return -1;
    s->written += n;
  }
  return 0;
}

static ssize_t write_data(struct session *s, const char *p, size_t len) {
  if (!s->data_open) {
    if (!s->async && command_send(s, "DATA\n")) return -1;
    s->data_open = true;
  }
  if (catch_up(s)) return -1;
  for (size_t done = 0; done < len;) {
    size_t n = len - done < DATA_MAX ? len - done : DATA_MAX;
    if (data_send(s, p + done, n)) return -1;
    done += n;
  }
  s->position += (int64_t)len;
  s->written = s->position;
  return (ssize_t)len;
}

static int close_data(struct session *s) {
  if (s->dead) return -1;
  if (!s->data_open) return 0;
  s->data_open = false;
  if (s->async) return 0;
  if (eod_send(s)) return -1;
  int a = answer(s, "the data of a file");
  return a == 1 ? refused(s, "the data of a file") : a < 0 ? -1 : 0;
}

fd_rc restore_io(struct session *s, struct fd_io *io) {
  ssize_t n = 0;
  io->io_errno = 0;
  if (s->dead) n = -1;
  else if (io->func == IO_WRITE) n = io->count > 0 ? write_data(s, io->buf, (size_t)io->count) : 0;
  else if (io->func == IO_CLOSE) n = close_data(s);
  else if (io->func == IO_SEEK) {
    if (io->whence != 0 || io->offset < 0) n = fail(s, "a seek that this plugin does not know");
    else s->position = io->offset;
    io->offset = n < 0 ? -1 : s->position;
  } else if (io->func != IO_OPEN) n = -1;
  io->status = (int32_t)n;
  if (n < 0) io->io_errno = atomic_load(&s->job->cancelled) ? ECANCELED : EIO;
  return n < 0 ? RC_ERROR : RC_OK;
}

static int block(struct session *s, const char *command, const char *p, size_t len) {
  if (len == 0) return 0;
  if (s->async) return async_block(s, *command == 'A' ? REC_ACL : *command == 'X' ? REC_XATTR : REC_META, p, len);
  if (command_send(s, "%s\n", command) || packet_send(s, 'D', p, len) || eod_send(s)) return -1;
  int a = answer(s, command);
  if (a == 1 && strcmp(s->text.p, "SKIP")) return refused(s, command);
  return a;
}

/* A record with our mark is metadata; it goes only to a backend that agreed to take it. */
fd_rc restore_xacl(struct session *s, const struct fd_xacl *x) {
  const char *p = x->content;
  size_t len = x->count > 0 ? (size_t)x->count : 0;
  const char *command = x->func == XACL_ACL_RESTORE ? "ACL" : "XATTR";
  if (s->dead || !s->taken) return RC_OK;
  if (x->func == XACL_XATTR_RESTORE && len >= MARK) {
    bool meta = !memcmp(p, META_MARK, MARK);
    if (meta && !(s->caps & CAP_META)) {
      if (!s->warned_meta) say(s->job, MSG_WARNING, "this backend takes no metadata; those stored with the files are left out");
      s->warned_meta = true;
      return RC_OK;
    }
    if (meta) command = "METADATA_STREAM";
    if (meta || !memcmp(p, XATTR_MARK, MARK)) { p += MARK; len -= MARK; }
  }
  return block(s, command, p, len) < 0 ? RC_ERROR : RC_OK;
}

/* Stream 35: written by a stock plugin. It comes before the data, as the backend may expect. */
fd_rc restore_meta(struct session *s, const struct fd_meta *m) {
  if (s->dead || !s->taken) return RC_OK;
  int a = block(s, "METADATA_STREAM", m->buf, m->len);
  if (a == 1) s->taken = false;
  return a == 1 ? RC_SKIP : a < 0 ? RC_ERROR : RC_OK;
}

void restore_finish(struct session *s) {
  if (s->dead || s->ended || s->finished || s->kind != KIND_RESTORE) return;
  s->finished = true;
  if (!s->objects_sent && begin(s)) return;
  if (s->async) (void)async_finish(s);
  else if (!command_send(s, "FINISH\n")) (void)eod_expect(s, "FINISH");
}
