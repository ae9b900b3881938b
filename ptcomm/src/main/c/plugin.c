/* SPDX-License-Identifier: AGPL-3.0-only
 *
 * The tables that bacula-fd calls, and the events.
 */
#include "shim.h"
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef STRIPELINE_VERSION
#define STRIPELINE_VERSION "0.1.0"
#endif
#define OURS "stripeline:"

struct fd_core *core;

static struct job *job_of(struct fd_ctx *c) { return c->plugin; }

static fd_rc new_plugin(struct fd_ctx *c) {
  struct job *j = calloc(1, sizeof *j);
  c->plugin = j;
  if (!j) return RC_ERROR;
  j->ctx = c;
  j->object_file = -1;
  atomic_init(&j->cancelled, false);
  atomic_init(&j->wake, -1);
  if (pthread_mutex_init(&j->lock, NULL)) { free(j); c->plugin = NULL; return RC_ERROR; }
  return RC_OK;
}

static fd_rc free_plugin(struct fd_ctx *c) {
  struct job *j = job_of(c);
  if (!j) return RC_OK;
  c->plugin = NULL;
  for (struct session *s = j->sessions, *next; s; s = next) {
    next = s->next_session;
    session_free(s);
  }
  objects_free(j);
  seen_free(j);
  params_free(&j->answers);
  bytes_free(&j->result);
  free(j->where);
  free(j->regex_where);
  if (atomic_load(&j->wake) >= 0) close(atomic_load(&j->wake));
  pthread_mutex_destroy(&j->lock);
  free(j);
  return RC_OK;
}

/* Runs in another thread. The signal makes the backend end, the eventfd wakes the job's thread. */
static void job_cancel(struct job *j) {
  atomic_store(&j->cancelled, true);
  pthread_mutex_lock(&j->lock);
  for (struct session *s = j->sessions; s; s = s->next_session) if (s->child.pid > 0) kill(s->child.pid, SIGUSR1);
  pthread_mutex_unlock(&j->lock);
  uint64_t one = 1;
  int wake = atomic_load(&j->wake);
  if (wake >= 0 && write(wake, &one, sizeof one) < 0) return;   /* the counter is full: it is readable already */
}

/* A session that died between the check of the flag and its start has not had the signal. */
static void signal_if_cancelled(struct session *s) {
  if (!s || !atomic_load(&s->job->cancelled)) return;
  child_signal(s, SIGUSR1);
  s->dead = true;
}

static struct session *open_session(struct job *j, const char *command, enum kind kind, const char *extra) {
  struct session *s = session_open(j, command, kind, extra);
  signal_if_cancelled(s);
  return s;
}

static fd_rc backup_command(struct job *j, const char *command, enum kind kind) {
  if (kind == KIND_BACKUP && session_find(j, command)) {
    j->failed = true;
    sayf(j, MSG_FATAL, "the FileSet has the same command twice: %s", command);
    return RC_ERROR;
  }
  j->current = open_session(j, command, kind, NULL);
  return j->current && !j->current->dead ? RC_OK : RC_ERROR;
}

/* A refusal here would make the core restore the file by itself, so a dead session refuses it in createFile. */
static fd_rc restore_command(struct job *j, const char *command) {
  j->current = session_find(j, command);
  if (!j->current) j->current = open_session(j, command, KIND_RESTORE, NULL);
  return RC_OK;
}

static fd_rc restore_object(struct job *j, const struct fd_robj_pkt *p) {
  if (!p || !p->plugin_name || strncmp(p->plugin_name, OURS, strlen(OURS))) return RC_OK;
  if (p->type == FT_PLUGIN_CONFIG_FILLED) {
    if (!answers_parse(&j->answers, p->data, (size_t)p->len)) return RC_OK;
    say(j, MSG_FATAL, "out of memory");
    return RC_ERROR;
  }
  if (p->type != FT_RESTORE_FIRST) return RC_OK;
  return objects_store(j, p) ? RC_ERROR : RC_OK;
}

static void keep_names(struct job *j) {
  char *where = NULL, *regex = NULL;
  core->get_value(j->ctx, VAR_WHERE, &where);
  core->get_value(j->ctx, VAR_REGEX_WHERE, &regex);
  free(j->where);
  free(j->regex_where);
  j->where = where ? strdup(where) : NULL;
  j->regex_where = regex && *regex ? strdup(regex) : NULL;
}

static bool job_is_good(const struct job *j) {
  int status = 'R';
  core->get_value(j->ctx, VAR_JOB_STATUS, &status);
  return !j->failed && !atomic_load(&j->cancelled) && status != 'f' && status != 'A' && status != 'E';
}

/* JobEnd comes only for jobs that went well; the others are let go when their last data event comes. */
static void end_all(struct job *j, bool good) {
  for (struct session *s = j->sessions; s; s = s->next_session) good ? session_end(s) : session_abort(s);
}

static fd_rc event(struct fd_ctx *c, struct fd_event *e, void *value) {
  struct job *j = job_of(c);
  if (!j) return RC_OK;
  switch (e->type) {
    case EV_CANCEL: job_cancel(j); break;
    case EV_SINCE: j->since = (int64_t)(intptr_t)value; break;
    case EV_LEVEL:
      j->level = (char)(intptr_t)value;
      core->get_value(c, VAR_ACCURATE, &j->accurate);
      break;
    case EV_PLUGIN_COMMAND: core->get_value(c, VAR_ACCURATE, &j->accurate); break;
    case EV_BACKUP_COMMAND: return backup_command(j, value, KIND_BACKUP);
    case EV_ESTIMATE_COMMAND: return backup_command(j, value, KIND_ESTIMATE);
    case EV_START_RESTORE: keep_names(j); break;
    case EV_RESTORE_OBJECT: return restore_object(j, value);
    case EV_RESTORE_COMMAND: return restore_command(j, value);
    case EV_END_RESTORE:
      for (struct session *s = j->sessions; s && job_is_good(j); s = s->next_session) restore_finish(s);
      if (!job_is_good(j)) end_all(j, false);
      break;
    case EV_END_BACKUP: if (!job_is_good(j)) end_all(j, false); break;
    case EV_JOB_END: end_all(j, job_is_good(j)); break;
    default: break;
  }
  return RC_OK;
}

static struct session *current(struct fd_ctx *c) { return job_of(c) ? job_of(c)->current : NULL; }

static fd_rc start_backup_file(struct fd_ctx *c, struct fd_save *save) { return current(c) ? backup_start(current(c), save) : RC_STOP; }
static fd_rc end_backup_file(struct fd_ctx *c) { return current(c) ? backup_end(current(c)) : RC_OK; }
static fd_rc start_restore_file(struct fd_ctx *c, const char *command) { (void)c; (void)command; return RC_OK; }
static fd_rc end_restore_file(struct fd_ctx *c) { (void)c; return RC_OK; }

static fd_rc io(struct fd_ctx *c, struct fd_io *p) {
  struct session *s = current(c);
  if (!s) { p->status = -1; p->io_errno = EIO; return RC_ERROR; }
  return s->kind == KIND_RESTORE ? restore_io(s, p) : backup_io(s, p);
}

static fd_rc create_file(struct fd_ctx *c, struct fd_restore *p) {
  if (current(c)) return restore_create(current(c), p);
  p->create_status = CF_SKIP;
  return RC_OK;
}

static fd_rc set_attributes(struct fd_ctx *c, struct fd_restore *p) {
  if (current(c) && current(c)->core_does_it) p->create_status = CF_CORE;
  return RC_OK;
}

static fd_rc check_file(struct fd_ctx *c, char *name) { return job_of(c) && seen_is(job_of(c), name) ? RC_SEEN : RC_OK; }

static fd_rc xacl(struct fd_ctx *c, struct fd_xacl *x) {
  struct session *s = current(c);
  if (!s) { x->count = 0; return RC_OK; }
  return s->kind == KIND_RESTORE ? restore_xacl(s, x) : backup_xacl(s, x);
}

static fd_rc metadata(struct fd_ctx *c, struct fd_meta *m) { return current(c) ? restore_meta(current(c), m) : RC_OK; }

/* One packet of the answer for each call: More while there are some. */
static fd_rc query(struct fd_ctx *c, struct fd_query *q) {
  struct job *j = job_of(c);
  q->result = (char *)"";
  if (!j) return RC_ERROR;
  if (!j->current || j->current->kind != KIND_QUERY) {
    struct bytes extra = {0};
    if (!bytes_set(&extra, "query=") && !bytes_add(&extra, q->parameter ? q->parameter : "", q->parameter ? strlen(q->parameter) : 0))
      j->current = open_session(j, q->command ? q->command : "", KIND_QUERY, extra.p);
    bytes_free(&extra);
  }
  struct session *s = j->current;
  j->result.len = 0;
  if (!s || s->dead || packet_read(s)) { j->current = NULL; return RC_ERROR; }
  if (s->status == 'F') { session_end(s); j->current = NULL; return RC_OK; }
  if (s->status == 'E') { fail(s, "%s", s->text.p); j->current = NULL; return RC_ERROR; }
  if (s->status == 'D' ? packet_data_all(s, &j->result) : bytes_add(&j->result, s->text.p, s->text.len)) return RC_ERROR;
  if (s->status == 'C' && bytes_add(&j->result, "\n", 1)) return RC_ERROR;
  q->result = j->result.p;
  return RC_MORE;
}

static struct fd_plugin_info info = {sizeof info, ABI_VERSION, ABI_MAGIC, ABI_LICENSE, "The Stripeline authors", "2026-11-25",
                                     STRIPELINE_VERSION, "Stripeline: backup of parallel filesystems"};
static struct fd_plugin table = {
  .size = sizeof table, .version = ABI_VERSION, .new_plugin = new_plugin, .free_plugin = free_plugin, .event = event,
  .start_backup_file = start_backup_file, .end_backup_file = end_backup_file, .start_restore_file = start_restore_file,
  .end_restore_file = end_restore_file, .io = io, .create_file = create_file, .set_attributes = set_attributes,
  .check_file = check_file, .xacl = xacl, .query = query, .metadata_restore = metadata};

#define EXPORT __attribute__((visibility("default")))
EXPORT fd_rc loadPlugin(struct fd_info *daemon, struct fd_core *functions, struct fd_plugin_info **out_info, struct fd_plugin **out_table);
EXPORT fd_rc unloadPlugin(void);

fd_rc loadPlugin(struct fd_info *daemon, struct fd_core *functions, struct fd_plugin_info **out_info, struct fd_plugin **out_table) {
  if (daemon->version != ABI_VERSION || functions->size < sizeof *functions) return RC_ERROR;
  core = functions;
  *out_info = &info;
  *out_table = &table;
  return RC_OK;
}

fd_rc unloadPlugin(void) { return RC_OK; }
