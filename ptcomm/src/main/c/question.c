/* SPDX-License-Identifier: AGPL-3.0-only
 *
 * What a backend may ask between items, answered from the core.
 *
 * CHECK compares size, mtime and ctime with the list of the director and marks the name as still there. It does not
 * use the core's own comparison, which opens files itself when a checksum option is set, and crashes on directories.
 *
 * X-ACCEPT (cap accept): one D packet with "<mode in octal> <name>" and a NUL for each name; the answer is one D packet
 * with a byte for each, '1' accepted or '0' excluded by the FileSet. Names of directories may end in a slash.
 */
#include "shim.h"
#include <stdlib.h>
#include <string.h>

static bool fileset_accepts(struct session *s, char *name, const struct stat *st) {
  struct fd_save save = {0};
  size_t n = strlen(name);
  while (n > 1 && name[n - 1] == '/') name[--n] = 0;   /* the core matches directories without their slash */
  save.pkt_size = save.pkt_end = sizeof save;
  save.fname = save.link = name;
  save.st = *st;
  save.type = S_ISDIR(st->st_mode) ? FT_DIREND : S_ISLNK(st->st_mode) ? FT_LNK : FT_REG;
  s->asks = true;
  bool accepted = core->accept_file(s->job->ctx, &save) != RC_SKIP;
  if (accepted) s->job->options_dropped = false;
  return accepted;
}

int question_options(struct session *s) {
  if (!s->asks) return 0;
  if (bytes_set(&s->scratch, s->name.p)) return fail(s, "out of memory");
  (void)fileset_accepts(s, s->scratch.p, &s->st);
  return 0;
}

/* The STAT, and unless that named a path the TSTAMP, behind CHECK and ACCEPT. */
static int attributes(struct session *s) {
  bool by_path = false;
  if (packet_read(s)) return -1;
  if (s->status != 'C' || strncmp(s->text.p, "STAT:", 5)) return fail(s, "protocol error: no STAT behind a question");
  if (stat_parse(s, s->text.p + 5, &by_path)) return -1;
  if (by_path) return 0;
  if (packet_read(s)) return -1;
  if (s->status != 'C' || strncmp(s->text.p, "TSTAMP:", 7)) return fail(s, "protocol error: no TSTAMP behind a question");
  return times_parse(s, s->text.p + 7);
}

static bool known(struct session *s, char *name, struct stat *st) {
  struct fd_accurate a = {0};
  a.fname = name;
  if (core->get_accurate(s->job->ctx, &a) != RC_SEEN) return false;
  if (a.chksum) core->free_(s->job->ctx, "stripeline", 0, a.chksum);
  *st = a.st;
  return true;
}

static int check(struct session *s, char *name) {
  struct stat old;
  if (attributes(s)) return -1;
  if (!s->job->accurate) {
    say(s->job, MSG_ERROR, "the backend asks CHECK in a job that is not accurate");
    return command_send(s, "OK\n");
  }
  bool listed = known(s, name, &old);
  bool same = listed && old.st_size == s->st.st_size && old.st_mtime == s->st.st_mtime && old.st_ctime == s->st.st_ctime;
  if (listed) core->set_value(s->job->ctx, VAR_FILE_SEEN, name);   /* changed, and then not read, it is still no deletion */
  return command_send(s, same ? "SEEN\n" : "OK\n");
}

static int check_get(struct session *s, char *name) {
  struct stat old;
  if (!s->job->accurate) {
    say(s->job, MSG_ERROR, "the backend asks CHECKGET in a job that is not accurate");
    return packet_send(s, 'E', "NOACCJOB\n", 9);
  }
  if (!known(s, name, &old)) return command_send(s, "UNAVAIL\n");
  return stat_send(s, 'X', &old, 0) || times_send(s, &old) ? -1 : 0;
}

static int accept_many(struct session *s) {
  struct bytes in = {0}, out = {0};
  int rc = packet_read(s);
  if (!rc && s->status != 'D') rc = fail(s, "protocol error: X-ACCEPT without names");
  if (!rc) rc = packet_data_all(s, &in);
  for (char *p = in.p, *last; !rc && p < in.p + in.len; p = last + 1) {
    struct stat st = {0};
    char *name;
    last = memchr(p, 0, (size_t)(in.p + in.len - p));
    st.st_mode = (mode_t)strtoul(p, &name, 8);
    if (!last || *name != ' ' || !name[1]) rc = fail(s, "protocol error: bad names in X-ACCEPT");
    else if (bytes_add(&out, fileset_accepts(s, name + 1, &st) ? "1" : "0", 1)) rc = fail(s, "out of memory");
    if (!last) break;
  }
  if (!rc) rc = packet_send(s, 'D', out.p, out.len);
  bytes_free(&in);
  bytes_free(&out);
  return rc;
}

int question_answer(struct session *s, const char *text) {
  int rc;
  if (!strcmp(text, "FileIndex")) {
    int n = 0;
    core->get_value(s->job->ctx, VAR_FILE_INDEX, &n);
    rc = command_send(s, "%d\n", n);
  } else if (s->caps & CAP_ACCEPT && !strcmp(text, "X-ACCEPT")) rc = accept_many(s);
  else {
    char *name = strchr(text, ':');
    size_t key = name ? (size_t)(name - text) : 0;
    if (!key) return 0;
    name = strdup(name + 1);
    if (!name) return fail(s, "out of memory");
    if (key == 5 && !strncmp(text, "CHECK", key)) rc = check(s, name);
    else if (key == 8 && !strncmp(text, "CHECKGET", key)) rc = check_get(s, name);
    else if (key == 6 && !strncmp(text, "ACCEPT", key)) {
      rc = attributes(s);
      if (!rc) rc = command_send(s, fileset_accepts(s, name, &s->st) ? "OK\n" : "SKIP\n");
    } else { free(name); return 0; }
    free(name);
  }
  return rc ? -1 : 1;
}
