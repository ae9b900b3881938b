/* SPDX-License-Identifier: AGPL-3.0-only
 *
 * Restore objects come before all files and before it is known which backend wants them. Their bytes wait in an unlinked
 * file in bacula-fd's working directory, not in memory. They are sent in the order of their arrival.
 */
#include "shim.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct stored_object { struct stored_object *next; char *name, *command; int64_t at; int32_t len; };

int objects_store(struct job *j, const struct fd_robj_pkt *pkt) {
  const char *dir = "bacula-fd's working directory";
  if (j->object_file < 0) j->object_file = temporary_file(j, &dir);
  struct stored_object *o = calloc(1, sizeof *o), **end = &j->objects;
  bool good = j->object_file >= 0 && o && (o->name = strdup(pkt->name)) && (o->command = strdup(pkt->plugin_name));
  if (good) { o->len = pkt->len; o->at = j->object_end; }
  for (int32_t done = 0; good && done < pkt->len;) {
    ssize_t n = pwrite(j->object_file, pkt->data + done, (size_t)(pkt->len - done), j->object_end + done);
    if (n > 0) done += (int32_t)n;
    else if (errno != EINTR) good = false;
  }
  if (!good) {
    j->failed = true;
    sayf(j, MSG_FATAL, "cannot keep the restore object %s in %s: %s", pkt->name, dir, strerror(errno));
    if (o) { free(o->name); free(o->command); }
    free(o);
    return -1;
  }
  j->object_end += pkt->len;
  while (*end) end = &(*end)->next;
  *end = o;
  return 0;
}

static int send_one(struct session *s, const struct stored_object *o) {
  char part[65536];
  if (command_bytes(s, "RESTOREOBJ:", o->name) || command_send(s, "RESTOREOBJ_LEN:%d\n", o->len)) return -1;
  for (int32_t done = 0; done < o->len;) {
    size_t want = (size_t)(o->len - done) < sizeof part ? (size_t)(o->len - done) : sizeof part;
    ssize_t n = pread(s->job->object_file, part, want, o->at + done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return fail(s, "cannot read back the restore object %s: %s", o->name, n ? strerror(errno) : "end of file");
    if (packet_send(s, 'D', part, (size_t)n)) return -1;
    done += (int32_t)n;
  }
  if (eod_send(s) || packet_read(s)) return -1;
  if (s->status == 'C' && !strcmp(s->text.p, "OK")) return 0;
  if (s->status == 'E' && !s->params.abort_on_error) { sayf(s->job, MSG_ERROR, "restore object %s: %s", o->name, s->text.p); return 0; }
  return fail(s, "the backend does not take the restore object %s: %s", o->name, s->status == 'C' || s->status == 'E' ? s->text.p : "protocol error");
}

int objects_send(struct session *s) {
  for (const struct stored_object *o = s->job->objects; o; o = o->next)
    if ((s->caps & CAP_ONE || !strcmp(o->command, s->command)) && send_one(s, o)) return -1;
  return 0;
}

void objects_free(struct job *j) {
  for (struct stored_object *o = j->objects, *next; o; o = next) {
    next = o->next;
    free(o->name);
    free(o->command);
    free(o);
  }
  j->objects = NULL;
  if (j->object_file >= 0) close(j->object_file);
  j->object_file = -1;
}
