/* SPDX-License-Identifier: AGPL-3.0-only
 *
 * What a backend announces in a backup, an estimate or a listing, packet by packet.
 */
#include "shim.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { META_KEPT = 64 * 1024 };

static const char *after(const char *text, const char *key) {
  size_t n = strlen(key);
  return strncmp(text, key, n) ? NULL : text + n;
}

static int unexpected(struct session *s, const char *where) {
  if (s->status == 'E') return fail(s, "%s", s->text.p);
  return fail(s, "protocol error: %c packet \"%.200s\" %s", s->status, s->status == 'C' ? s->text.p : "", where);
}

void item_clear(struct session *s) {
  for (size_t i = 0; i < s->meta_count; i++) {
    s->metas[i].len = 0;
    if (s->metas[i].room > META_KEPT) bytes_free(&s->metas[i]);   /* small ones are room for the next item */
  }
  s->meta_count = s->xattr_given = 0;
  s->acl.len = s->xattr.len = s->link.len = 0;
  s->acl_given = false;
  s->layout = 0;
  s->link_index = 0;
  s->position = 0;
  if (s->pipe_fd >= 0) close(s->pipe_fd);
  s->pipe_fd = -1;
}

/* One D packet and EOD. */
static int blob(struct session *s, struct bytes *to, const char *what) {
  to->len = 0;
  if (packet_read(s)) return -1;
  if (s->status != 'D') return unexpected(s, what);
  if (s->left > RECORD_MAX) return fail(s, "protocol error: %zu bytes %s, more than a record of a volume takes", s->left, what);
  if (packet_data_all(s, to) || packet_read(s)) return -1;
  return s->status == 'F' ? 0 : unexpected(s, what);
}

static int tally(struct session *s, const char *text) {
  unsigned long long items, bytes;
  int end = 0;
  if (sscanf(text, "%llu %llu%n", &items, &bytes, &end) != 2 || text[end]) return fail(s, "protocol error: bad TALLY: %.100s", text);
  s->tally_seen = true;
  s->tally_items = items;
  s->tally_bytes = bytes;
  return 0;
}

static int announce(struct session *s, enum next next, const char *name) {
  if (!*name) return fail(s, "protocol error: an item without a name");
  if (bytes_set(&s->coming, name)) return fail(s, "out of memory");
  s->next = next;
  return 0;
}

/* In an accurate job the core asks what became of a directory's children; everything else is a deletion of its own.
 * A full backup is the first of its chain: there is nothing to delete. */
int item_gone(struct session *s, const char *name) {
  struct job *j = s->job;
  size_t n = strlen(name);
  if (j->accurate && n && name[n - 1] == '/') return seen_add(s, false, name);
  if (s->kind != KIND_BACKUP || (j->level != 'I' && j->level != 'D')) return 0;
  return announce(s, NEXT_GONE, name);
}

int item_next(struct session *s) {
  const char *v;
  while (s->next == NEXT_NONE) {
    if (s->status == 'B' && s->left) { if (batch_next(s)) return -1; continue; }
    if (packet_read(s)) return -1;
    if (s->status == 'B') continue;
    const char *text = s->text.p;
    if (s->status == 'F') { s->next = NEXT_END; return 0; }
    if (s->status != 'C') return unexpected(s, "between items");
    if ((v = after(text, "FNAME:"))) { if (announce(s, NEXT_FILE, v)) return -1; }
    else if ((v = after(text, "RESTOREOBJ:"))) { if (announce(s, NEXT_OBJECT, v)) return -1; }
    else if ((v = after(text, "PLUGINOBJ:"))) { if (announce(s, NEXT_PLUGIN_OBJECT, v)) return -1; }
    else if (!strcmp(text, "ACL") && s->phase == PHASE_AFTER) { if (blob(s, &s->acl, "in ACL")) return -1; }
    else if (!strcmp(text, "XATTR") && s->phase == PHASE_AFTER) { if (blob(s, &s->xattr, "in XATTR")) return -1; }
    else if (s->caps & CAP_SEEN && (v = after(text, "KEEP:"))) { if (seen_add(s, true, v)) return -1; }
    else if (s->caps & CAP_SEEN && (v = after(text, "GONE:"))) { if (item_gone(s, v)) return -1; }
    else if (s->caps & CAP_TALLY && (v = after(text, "TALLY:"))) { if (tally(s, v)) return -1; }
    else if (after(text, "STRIP:")) continue;
    else {
      int asked = question_answer(s, text);
      if (asked < 0) return -1;
      if (!asked) return unexpected(s, "between items");
    }
  }
  return 0;
}

struct bytes *item_meta(struct session *s) {
  if (s->meta_count == METAS_MAX) return fail(s, "protocol error: more than %d blocks of metadata of one item", METAS_MAX), NULL;
  if (s->meta_count == s->meta_room) {
    size_t room = s->meta_room ? 2 * s->meta_room : 4;
    struct bytes *p = realloc(s->metas, room * sizeof *p);
    if (!p) return fail(s, "out of memory"), NULL;
    memset(p + s->meta_room, 0, (room - s->meta_room) * sizeof *p);
    s->metas = p;
    s->meta_room = room;
  }
  return &s->metas[s->meta_count++];
}

static int meta(struct session *s) {
  struct bytes *b = item_meta(s);
  return b ? blob(s, b, "in METADATA_STREAM") : -1;
}

/* Data past the protocol: a file or fifo that the shim reads itself. */
static int data_pipe(struct session *s, const char *path) {
  if (s->pipe_fd >= 0) close(s->pipe_fd);
  s->pipe_fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (s->pipe_fd >= 0) return command_send(s, "OK\n");
  int error = errno;
  if (packet_send(s, 'E', "Err\n", 4)) return -1;
  return fail(s, "cannot open the data pipe %s: %s", path, strerror(error));
}

int item_attributes(struct session *s) {
  bool stat_seen = false, link_seen = false, by_path = false;
  const char *v;
  for (;;) {
    if (packet_read(s)) return -1;
    if (s->status == 'F') break;
    if (s->status != 'C') return unexpected(s, "in the attributes of a file");
    const char *text = s->text.p;
    if ((v = after(text, "STAT:"))) {
      int64_t times[3] = {s->st.st_atime, s->st.st_mtime, s->st.st_ctime};
      if (stat_parse(s, v, &by_path)) return -1;
      if (!by_path && !stat_seen) { s->st.st_atime = times[0]; s->st.st_mtime = times[1]; s->st.st_ctime = times[2]; }
      stat_seen = true;
    } else if ((v = after(text, "TSTAMP:"))) { if (times_parse(s, v)) return -1; }
    else if ((v = after(text, "LSTAT:"))) { if (bytes_set(&s->link, v)) return fail(s, "out of memory"); link_seen = true; }
    else if (!strcmp(text, "METADATA_STREAM")) { if (meta(s)) return -1; }
    else if (s->caps & CAP_META && (v = after(text, "X-LAYOUT:"))) {
      char *end;
      s->layout = strtoull(v, &end, 16);
      if (end == v || *end) return fail(s, "protocol error: bad X-LAYOUT: %.100s", v);
    } else if ((v = after(text, "PIPE:"))) { if (data_pipe(s, v)) return -1; }
    else return unexpected(s, "in the attributes of a file");
  }
  if (!stat_seen) return fail(s, "protocol error: no STAT for %s", s->name.p);
  if (s->type == FT_LNK && !link_seen && !by_path) return fail(s, "protocol error: no LSTAT for the symbolic link %s", s->name.p);
  if ((s->type == FT_DIREND) != (s->name.p[s->name.len - 1] == '/'))
    return fail(s, "protocol error: names of directories, and only those, end in a slash: %s", s->name.p);
  if (s->layout && (s->type == FT_REG || s->type == FT_REGE) && S_ISREG(s->st.st_mode)) s->st.st_rdev = s->layout;
  s->phase = PHASE_ATTRS;
  return 0;
}

int item_object(struct session *s) {
  unsigned long long len;
  int end = 0;
  s->object.len = 0;
  if (packet_read(s)) return -1;
  if (s->status != 'C' || sscanf(s->text.p, "RESTOREOBJ_LEN:%llu%n", &len, &end) != 1 || s->text.p[end])
    return unexpected(s, "instead of the length of a restore object");
  if (len < 2 || len > OBJECT_MAX) return fail(s, "protocol error: restore object %s of %llu bytes; from 2 to %d can be stored", s->name.p, len, OBJECT_MAX);
  for (;;) {
    if (packet_read(s)) return -1;
    if (s->status == 'F') break;
    if (s->status != 'D') return unexpected(s, "in a restore object");
    if (s->object.len + s->left > len) return fail(s, "protocol error: restore object %s is longer than announced", s->name.p);
    if (packet_data_all(s, &s->object)) return -1;
  }
  return s->object.len == len ? 0 : fail(s, "protocol error: restore object %s is shorter than announced", s->name.p);
}

static bool size_of(const char *text, uint64_t *to) {
  static const struct { const char *unit; uint64_t factor; } UNITS[] = {
    {"", 1}, {"b", 1}, {"kb", 1000}, {"k", 1024}, {"mb", 1000000}, {"m", 1 << 20}, {"gb", 1000000000}, {"g", 1 << 30}};
  char *end;
  *to = strtoull(text, &end, 10);
  end += strspn(end, " ");
  for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++)
    if (!strcasecmp(end, UNITS[i].unit)) { *to *= UNITS[i].factor; return true; }
  return false;
}

/* 0 path, 1 category, 2 type, 3 name, 4 source, 5 uuid */
int item_plugin_object(struct session *s) {
  static const char *const KEYS[] = {"", "PLUGINOBJ_CAT:", "PLUGINOBJ_TYPE:", "PLUGINOBJ_NAME:", "PLUGINOBJ_SRC:", "PLUGINOBJ_UUID:"};
  static const struct { const char *word; char letter; } STATES[] = {{"OK", 'T'}, {"WARNING", 'W'}, {"ERROR", 'e'}, {"FATAL", 'f'}};
  size_t at[6] = {0}, i;
  const char *v;
  s->object.len = 0;
  s->pobj_size = s->pobj_count = 0;
  s->pobj_status = 'U';
  if (bytes_add(&s->object, "", 1) || bytes_add(&s->object, s->name.p, s->name.len + 1)) return fail(s, "out of memory");
  at[0] = 1;
  for (;;) {
    if (packet_read(s)) return -1;
    if (s->status == 'F') break;
    if (s->status != 'C') return unexpected(s, "in a plugin object");
    for (i = 1; i < 6; i++) {
      if (!(v = after(s->text.p, KEYS[i]))) continue;
      at[i] = s->object.len;
      if (bytes_add(&s->object, v, strlen(v) + 1)) return fail(s, "out of memory");
      break;
    }
    if (i < 6) continue;
    if ((v = after(s->text.p, "PLUGINOBJ_SIZE:"))) { if (!size_of(v, &s->pobj_size)) return unexpected(s, "in a plugin object"); }
    else if ((v = after(s->text.p, "PLUGINOBJ_COUNT:"))) s->pobj_count = (uint32_t)strtoul(v, NULL, 10);
    else if ((v = after(s->text.p, "PLUGINOBJ_STATUS:"))) {
      for (i = 0; i < 4 && strcmp(v, STATES[i].word); i++) {}
      if (i == 4) return unexpected(s, "in a plugin object");
      s->pobj_status = STATES[i].letter;
    } else return unexpected(s, "in a plugin object");
  }
  for (i = 0; i < 6; i++) s->pobj[i] = s->object.p + at[i];   /* offset 0 is the empty text */
  return 0;
}

int item_open(struct session *s) {
  if (s->in_batch) { s->phase = PHASE_DATA; return 0; }
  if (packet_read(s)) return -1;
  if (s->status == 'F') { s->phase = PHASE_AFTER; return 0; }
  if (s->status != 'C' || strcmp(s->text.p, "DATA")) return unexpected(s, "instead of the data of a file");
  s->phase = PHASE_DATA;
  return 0;
}

int item_finish(struct session *s) {
  if (s->dead) return -1;
  if (s->in_batch) {
    if (s->phase != PHASE_AFTER && batch_finish(s)) return -1;
    s->in_batch = false;
    return item_next(s);
  }
  if (s->phase == PHASE_ATTRS && item_open(s)) return -1;
  if (s->phase == PHASE_DATA && s->pipe_fd >= 0) s->phase = PHASE_AFTER;
  while (s->phase == PHASE_DATA) {
    if (packet_read(s)) return -1;
    if (s->status == 'F') s->phase = PHASE_AFTER;
    else if (s->status == 'D') s->data_bytes += s->left;
    else if (s->status != 'C' || !(s->caps & CAP_HOLES) || !after(s->text.p, "X-SEEK:")) return unexpected(s, "in the data of a file");
  }
  return item_next(s);
}
