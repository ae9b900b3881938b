/* SPDX-License-Identifier: AGPL-3.0-only
 *
 * Backup and estimate: what the backend announces becomes the answers to startBackupFile, pluginIO and so on.
 * Every item is opened and read, whatever its type: whether it has data is the backend's to say.
 */
#include "shim.h"
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Offered in the console at restore; the answers come back as parameters of the backend. */
static char RESTORE_OPTIONS[] =
  "OptPrompt=\"Restore the layout (stripes, pools) of files\"\nOptDefault=\"yes\"\nlayout=@BOOL@\n\n"
  "OptPrompt=\"Restore devices, sockets and fifos\"\nOptDefault=\"yes\"\ndevices=@BOOL@\n\n"
  "OptPrompt=\"Overwrite what is there: always, newer, older, never; nothing: as the job's Replace\"\noverwrite=@STR@\n";

static fd_rc stopped(const struct session *s) { return atomic_load(&s->job->cancelled) ? RC_STOP : RC_ERROR; }

static void describe_object(struct session *s, struct fd_save *save, int type, char *name, char *data, size_t len) {
  save->type = type;
  save->no_read = true;
  save->robj.name = name;
  save->robj.data = data;
  save->robj.len = (int32_t)len;
  save->robj.index = (int32_t)s->items;
}

static void describe_plugin_object(const struct session *s, struct fd_save *save) {
  save->type = FT_PLUGIN_OBJECT;
  save->no_read = true;
  save->pobj.path = s->pobj[0];
  save->pobj.category = s->pobj[1];
  save->pobj.type = s->pobj[2];
  save->pobj.name = s->pobj[3];
  save->pobj.source = s->pobj[4];
  save->pobj.uuid = s->pobj[5];
  save->pobj.size = s->pobj_size;
  save->pobj.count = s->pobj_count;
  save->pobj.status = s->pobj_status;
}

static void describe_file(const struct session *s, struct fd_save *save) {
  save->type = s->type;
  save->fname = s->name.p;
  save->link = s->link.len ? s->link.p : s->name.p;
  if (s->type == FT_DIREND) save->link = s->name.p;
  if (s->type == FT_LNK && !s->link.len) save->link = (char *)"";
  save->st = s->st;
  save->link_fi = s->link_index;
  if (s->caps & CAP_HOLES && (s->type == FT_REG || s->type == FT_REGE) && S_ISREG(s->st.st_mode)) save->flags |= FLAG_OFFSETS;
}

static void describe_gone(const struct session *s, struct fd_save *save) {
  save->type = FT_DELETED;
  save->fname = save->link = s->name.p;
  save->no_read = true;
  save->st.st_mode = s->name.p[s->name.len - 1] == '/' ? S_IFDIR | 0755 : S_IFREG | 0644;
  save->st.st_mtime = save->st.st_ctime = save->st.st_atime = time(NULL);
}

/* The backend's count, ours, and the core's must be one. */
static int counts_agree(struct session *s) {
  int index = 0;
  if (s->kind != KIND_BACKUP || atomic_load(&s->job->cancelled)) return 0;
  if (s->caps & CAP_TALLY && !s->tally_seen) return fail(s, "the backend ended its list without a tally; the backup is not complete");
  if (s->tally_seen && (s->tally_items != s->items || s->tally_bytes != s->data_bytes))
    return fail(s, "the backend sent %llu items with %llu bytes of data, %llu with %llu arrived", (unsigned long long)s->tally_items,
                (unsigned long long)s->tally_bytes, (unsigned long long)s->items, (unsigned long long)s->data_bytes);
  core->get_value(s->job->ctx, VAR_FILE_INDEX, &index);
  uint64_t own = s->items + s->deleted + s->options_sent, stored = (uint64_t)(uint32_t)(index - s->first_index);
  if (own != stored)
    return fail(s, "%llu items were handed over, bacula-fd stored %llu", (unsigned long long)own, (unsigned long long)stored);
  return 0;
}

/* Which Include {} a command stands in, bacula-fd does not tell: in another one than the object's the options are on. */
static void warn_of_dropped_options(struct job *j) {
  if (!j->options_dropped || j->options_warned) return;
  j->options_warned = true;
  say(j, MSG_WARNING, "files are saved behind a restore object, by a backend that does not ask for the rules of the FileSet. If they stand in "
      "the same Include {}, they get no signature, compression or encryption: give each Plugin line an Include {} of its own");
}

static int describe(struct session *s, struct fd_save *save) {
  enum next next = s->next;
  struct bytes name = s->name;
  s->name = s->coming;
  s->coming = name;
  s->next = NEXT_NONE;
  s->phase = PHASE_IDLE;
  s->in_batch = s->next_in_batch;
  s->next_in_batch = false;
  item_clear(s);
  memset(&s->st, 0, sizeof s->st);
  if (next == NEXT_GONE) { s->deleted++; describe_gone(s, save); return 0; }
  s->items++;
  if (next == NEXT_FILE) {
    if (s->in_batch ? batch_attributes(s) : item_attributes(s)) return -1;
    if (s->kind != KIND_BACKUP) s->phase = PHASE_AFTER;
    else {
      if (question_options(s)) return -1;
      warn_of_dropped_options(s->job);
    }
    describe_file(s, save);
  } else if (next == NEXT_OBJECT) {
    if (s->in_batch ? batch_object(s) : item_object(s)) return -1;
    s->in_batch = false;
    s->job->options_dropped |= s->kind == KIND_BACKUP;
    describe_object(s, save, FT_RESTORE_FIRST, s->name.p, s->object.p, s->object.len);
  } else {
    if (item_plugin_object(s)) return -1;
    describe_plugin_object(s, save);
  }
  return 0;
}

fd_rc backup_start(struct session *s, struct fd_save *save) {
  if (s->dead || atomic_load(&s->job->cancelled)) return stopped(s);
  if (s->kind == KIND_BACKUP && s->job->level == 'F' && !s->options_sent) {
    s->options_sent = true;
    describe_object(s, save, FT_PLUGIN_CONFIG, (char *)"RestoreOptions", RESTORE_OPTIONS, sizeof RESTORE_OPTIONS - 1);
    return RC_OK;
  }
  for (;;) {
    if (s->next == NEXT_NONE && item_next(s)) return stopped(s);
    if (s->next == NEXT_END) return counts_agree(s) ? stopped(s) : RC_STOP;
    bool object = s->next == NEXT_OBJECT || s->next == NEXT_PLUGIN_OBJECT;
    if (describe(s, save)) return stopped(s);
    if (!object || s->kind == KIND_BACKUP) return RC_OK;   /* an estimate counts files only */
    memset(&save->robj, 0, sizeof save->robj);
    memset(&save->pobj, 0, sizeof save->pobj);
  }
}

fd_rc backup_end(struct session *s) {
  if (s->phase != PHASE_IDLE && !s->dead) (void)item_finish(s);
  s->phase = PHASE_IDLE;
  return RC_MORE;
}

/*
 * The data of an item that gave PIPE: plain reads of a file or fifo, which a cancel can interrupt. A backend that ends
 * before it opened its end of a fifo, or writes nothing for too long, would never be noticed by the read.
 */
static ssize_t pipe_read(struct session *s, char *buf, size_t room) {
  int64_t end = packet_deadline();
  for (;;) {
    struct pollfd p[4] = {{s->pipe_fd, POLLIN, 0},
                          {atomic_load(&s->job->wake), POLLIN, 0},
                          {s->child.err, POLLIN, 0},
                          {s->child.out, 0, 0}};
    int n = poll(p, 4, 1000);
    if (n < 0 && errno != EINTR) return fail(s, "poll: %s", strerror(errno));
    if (atomic_load(&s->job->cancelled)) { errno = ECANCELED; return -1; }
    ssize_t got = n > 0 && p[0].revents ? read(s->pipe_fd, buf, room) : -1;
    if (got >= 0) return got;
    if (n > 0 && p[0].revents && errno != EINTR && errno != EAGAIN) return -1;
    if (n > 0 && p[2].revents && stderr_read(s)) return -1;
    if (n > 0 && p[3].revents) return fail(s, "the backend has ended while the data pipe of %s was read", s->name.p);
    if (packet_late(end)) return fail(s, "nothing came through the data pipe of %s for too long; the backend is killed", s->name.p);
  }
}

static ssize_t read_some(struct session *s, struct fd_io *io) {
  if (s->phase == PHASE_AFTER) return 0;
  if (s->phase != PHASE_DATA) return fail(s, "read of an item that is not open");
  if (s->pipe_fd >= 0) {
    ssize_t n = pipe_read(s, io->buf, (size_t)io->count);
    if (n <= 0) s->phase = PHASE_AFTER;
    if (n < 0) sayf(s->job, MSG_ERROR, "reading the data pipe of %s: %s", s->name.p, strerror(errno));
    return n;
  }
  if (s->in_batch) return batch_read(s, io->buf, (size_t)io->count);
  while (s->left == 0) {
    if (packet_read(s)) return -1;
    if (s->status == 'F') { s->phase = PHASE_AFTER; return 0; }
    if (s->status == 'D') break;
    char *end;
    if (s->status == 'E') return fail(s, "%s", s->text.p);
    if (!(s->caps & CAP_HOLES) || strncmp(s->text.p, "X-SEEK:", 7)) return fail(s, "protocol error: \"%.200s\" in the data of a file", s->text.p);
    s->position = strtoll(s->text.p + 7, &end, 10);
    if (*end || end == s->text.p + 7 || s->position < 0) return fail(s, "protocol error: bad X-SEEK: %.100s", s->text.p);
  }
  return packet_data(s, io->buf, (size_t)io->count);
}

fd_rc backup_io(struct session *s, struct fd_io *io) {
  ssize_t n = 0;
  io->io_errno = 0;
  io->status = 0;
  if (io->func == IO_OPEN) n = s->dead ? -1 : item_open(s);
  else if (io->func == IO_CLOSE) n = item_finish(s);
  else if (io->func == IO_READ) {
    n = s->dead ? -1 : read_some(s, io);
    io->offset = s->position;
    if (n > 0) { s->position += n; s->data_bytes += (uint64_t)n; }
  } else n = -1;
  io->status = (int32_t)n;
  if (n < 0) io->io_errno = atomic_load(&s->job->cancelled) ? ECANCELED : EIO;
  return n < 0 ? RC_ERROR : RC_OK;
}

static bool marked(const struct bytes *b) {
  return b->len >= MARK && (!memcmp(b->p, META_MARK, MARK) || !memcmp(b->p, XATTR_MARK, MARK));
}

static int marked_record(struct session *s, const char *mark, const struct bytes *b, struct fd_xacl *x) {
  s->object.len = 0;
  if (bytes_add(&s->object, mark, MARK) || bytes_add(&s->object, b->p, b->len)) return fail(s, "out of memory");
  x->content = s->object.p;
  x->count = (int32_t)s->object.len;
  return 0;
}

/* Metadata first, one record for each block, then the backend's own xattr blob. */
fd_rc backup_xacl(struct session *s, struct fd_xacl *x) {
  x->count = 0;
  x->content = NULL;
  if (s->dead) return RC_OK;
  if (x->func == XACL_ACL_BACKUP) {
    if (s->acl_given || !s->acl.len) return RC_OK;
    s->acl_given = true;
    x->content = s->acl.p;
    x->count = (int32_t)s->acl.len;
    return RC_OK;
  }
  size_t n = s->xattr_given++;
  if (n < s->meta_count) return marked_record(s, META_MARK, &s->metas[n], x) ? RC_ERROR : RC_OK;
  if (n > s->meta_count || !s->xattr.len) return RC_OK;
  if (marked(&s->xattr)) return marked_record(s, XATTR_MARK, &s->xattr, x) ? RC_ERROR : RC_OK;
  x->content = s->xattr.p;
  x->count = (int32_t)s->xattr.len;
  return RC_OK;
}
