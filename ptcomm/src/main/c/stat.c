/* SPDX-License-Identifier: AGPL-3.0-only
 *
 * STAT and TSTAMP, both directions. `STAT:/path` makes the shim take the attributes from the file itself.
 */
#include "shim.h"
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool number(const char **p, int base, long long *to) {
  char *end;
  *p += strspn(*p, " ");
  if (**p == 0) return false;
  errno = 0;
  *to = strtoll(*p, &end, base);
  bool good = end != *p && errno == 0 && (*end == ' ' || *end == 0);
  *p = end;
  return good;
}

static int type_of(char letter) {
  switch (letter) {
    case 'F': return FT_REG;
    case 'E': return FT_REGE;
    case 'D': return FT_DIREND;
    case 'S': return FT_LNK;
    case 'L': return FT_LNKSAVED;
    default: return 0;
  }
}

/* A path that is gone is saved with empty attributes and counted as an error, as the stock plugin does. */
static int stat_path(struct session *s, const char *path) {
  if (lstat(path, &s->st)) {
    sayf(s->job, MSG_ERROR, "cannot stat %s: %s", path, strerror(errno));
    memset(&s->st, 0, sizeof s->st);
    s->st.st_mode = S_IFREG;
  }
  s->type = S_ISDIR(s->st.st_mode) ? FT_DIREND : S_ISLNK(s->st.st_mode) ? FT_LNK : FT_REG;
  if (s->type != FT_LNK) return 0;
  char target[PATH_MAX];
  ssize_t n = readlink(path, target, sizeof target - 1);
  if (n < 0) sayf(s->job, MSG_ERROR, "cannot read the link %s: %s", path, strerror(errno));
  target[n < 0 ? 0 : n] = 0;
  return bytes_set(&s->link, target) ? fail(s, "out of memory") : 0;
}

int stat_parse(struct session *s, const char *text, bool *by_path) {
  long long size, uid, gid, mode, nlink, index = 0;
  const char *p = text + 1;
  memset(&s->st, 0, sizeof s->st);
  *by_path = *text == '/';
  if (*by_path) return stat_path(s, text);
  s->type = type_of(*text);
  if (!s->type) return fail(s, "protocol error: STAT with an unknown file type: %.100s", text);
  if (*p != ' ' || !number(&p, 10, &size) || !number(&p, 10, &uid) || !number(&p, 10, &gid) || !number(&p, 8, &mode) || !number(&p, 10, &nlink))
    return fail(s, "protocol error: bad STAT: %.100s", text);
  if (*p && (!number(&p, 10, &index) || *p || index < 0 || index > INT32_MAX)) return fail(s, "protocol error: bad STAT: %.100s", text);
  if (size < 0 || mode < 0 || mode > 0177777 || nlink < 0) return fail(s, "protocol error: bad STAT: %.100s", text);
  if (s->type == FT_LNKSAVED && index == 0) return fail(s, "protocol error: hard link without the index of its file: %.100s", text);
  s->st.st_size = size;
  s->st.st_uid = (uid_t)uid;
  s->st.st_gid = (gid_t)gid;
  s->st.st_mode = (mode_t)mode;
  s->st.st_nlink = (nlink_t)nlink;
  s->st.st_blksize = 4096;
  s->st.st_blocks = size / 512 + (size % 512 != 0);
  s->link_index = (int32_t)index;
  return 0;
}

int times_parse(struct session *s, const char *text) {
  long long atime, mtime, ctime;
  const char *p = text;
  if (!number(&p, 10, &atime) || !number(&p, 10, &mtime) || !number(&p, 10, &ctime) || *p)
    return fail(s, "protocol error: bad TSTAMP: %.100s", text);
  s->st.st_atime = atime;
  s->st.st_mtime = mtime;
  s->st.st_ctime = ctime;
  return 0;
}

int stat_send(struct session *s, char letter, const struct stat *st, int32_t link_index) {
  return command_send(s, "STAT:%c %lld %u %u %06o %llu %d\n", letter, (long long)st->st_size, (unsigned)st->st_uid, (unsigned)st->st_gid,
                      (unsigned)st->st_mode, (unsigned long long)st->st_nlink, (int)link_index);
}

int times_send(struct session *s, const struct stat *st) {
  return command_send(s, "TSTAMP:%lld %lld %lld\n", (long long)st->st_atime, (long long)st->st_mtime, (long long)st->st_ctime);
}
