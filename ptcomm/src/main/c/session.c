/* SPDX-License-Identifier: AGPL-3.0-only
 *
 * One conversation: Hello, the Job block, the Params block, the Start command; at the end END, T, end of file.
 */
#include "shim.h"
#include <stdlib.h>
#include <string.h>

static const char *const START[] = {"BackupStart", "EstimateStart", "ListingStart", "QueryStart", "RestoreStart"};

static const char *text_value(struct job *j, int variable) {
  char *text = NULL;
  if (core->get_value(j->ctx, variable, &text) != RC_OK) return "";
  return text ? text : "";
}

static int number_value(struct job *j, int variable) {
  int n = 0;
  return core->get_value(j->ctx, variable, &n) == RC_OK ? n : 0;
}

static int directory_send(struct session *s, const char *key, const char *path, bool slash) {
  struct bytes b = {0};
  int rc = bytes_set(&b, path);
  while (!rc && b.len > 1 && b.p[b.len - 1] == '/') b.p[--b.len] = 0;
  if (!rc && slash && (b.len == 0 || b.p[b.len - 1] != '/')) rc = bytes_add(&b, "/", 1);
  rc = rc ? fail(s, "out of memory") : command_bytes(s, key, b.p);
  bytes_free(&b);
  return rc;
}

static int hello(struct session *s) {
  if (command_send(s, "Hello stripeline 3\n") || packet_read(s)) return -1;
  if (s->status == 'C' && !strcmp(s->text.p, "Hello Bacula")) return 0;
  return fail(s, "the backend does not answer the greeting as it should");
}

static int job_block(struct session *s) {
  struct job *j = s->job;
  char type = s->kind == KIND_BACKUP ? 'B' : s->kind == KIND_RESTORE ? 'R' : 'E';
  int rc = command_send(s, "Job\n") || command_bytes(s, "Name=", text_value(j, VAR_JOB_NAME))
      || command_send(s, "JobID=%d\n", number_value(j, VAR_JOBID)) || command_send(s, "Type=%c\n", type);
  if (!rc && (s->kind == KIND_BACKUP || s->kind == KIND_ESTIMATE)) {
    rc = command_send(s, "Level=%c\n", j->level ? j->level : 'F');
    if (!rc && j->since && (j->level == 'I' || j->level == 'D')) rc = command_send(s, "Since=%lld\n", (long long)j->since);
  }
  if (!rc && s->kind == KIND_RESTORE) {
    int replace = number_value(j, VAR_REPLACE);
    if (j->where) rc = command_bytes(s, "Where=", strcmp(j->where, "/") ? j->where : "");
    if (!rc && j->regex_where) rc = command_bytes(s, "RegexWhere=", j->regex_where);
    if (!rc) rc = command_send(s, "Replace=%c\n", replace ? replace : 'a');
  }
  if (!rc) rc = command_send(s, "Namespace=@stripeline\n");
  if (!rc && s->kind == KIND_BACKUP) rc = command_bytes(s, "PrevJobName=", text_value(j, VAR_PREV_JOB_NAME));
  return rc || directory_send(s, "WorkingDir=", text_value(j, VAR_WORKING_DIR), false)
      || directory_send(s, "SysconfigPath=", text_value(j, VAR_SYSCONF), true)
      || directory_send(s, "ExePath=", text_value(j, VAR_EXE_PATH), true) || eod_send(s) || eod_expect(s, "the job block") ? -1 : 0;
}

static const char *answered(const struct job *j, const char *word) {
  size_t n = strcspn(word, "=") + 1;
  for (size_t i = j->answers.count; i-- > 0;) if (!strncmp(j->answers.words[i], word, n)) return j->answers.words[i];
  return word;
}

static int params_block(struct session *s, const char *extra) {
  struct job *j = s->job;
  char caps[100];
  if (command_send(s, "Params\n")) return -1;
  for (size_t i = 0; i < s->params.count; i++)
    if (command_bytes(s, "", s->kind == KIND_RESTORE ? answered(j, s->params.words[i]) : s->params.words[i])) return -1;
  if (s->kind == KIND_RESTORE)
    for (size_t i = 0; i < j->answers.count; i++) if (command_bytes(s, "", j->answers.words[i])) return -1;
  if (extra && command_bytes(s, "", extra)) return -1;
  if (j->accurate && (s->kind == KIND_BACKUP || s->kind == KIND_ESTIMATE) && j->level != 'F' && command_send(s, "Accurate=1\n")) return -1;
  if (!s->params.slx_off) {
    caps_text(s->params.offer, caps, sizeof caps);
    if (command_send(s, "X-SLX=1%s\n", caps)) return -1;
  }
  if (eod_send(s) || packet_read(s)) return -1;
  if (s->status == 'C' && !s->params.slx_off && (!strcmp(s->text.p, "X-SLX=1") || !strncmp(s->text.p, "X-SLX=1 ", 8))) {
    s->caps = caps_parse(s->text.p + 7) & s->params.offer;
    if (!(s->caps & CAP_BATCH)) s->caps &= ~(uint32_t)CAP_ASYNC;   /* its records are those of batches */
    return eod_expect(s, "the parameters");
  }
  if (s->status == 'F') return 0;
  if (s->status == 'E') return fail(s, "%s", s->text.p);
  return fail(s, "protocol error: %c packet in answer to the parameters", s->status);
}

static int start(struct session *s) {
  if (command_send(s, "%s\n", START[s->kind])) return -1;
  for (;;) {
    if (packet_read(s)) return -1;
    if (s->status == 'F') return 0;
    if (s->status == 'E') return fail(s, "%s", s->text.p);
    if (s->status == 'C' && s->kind == KIND_RESTORE && !strncmp(s->text.p, "PIPE:", 5)) return command_send(s, "OK\n");
    /* STRIP is about paths handed to the core's own walker, which this plugin does not do. */
    if (s->status == 'C' && s->kind != KIND_RESTORE && !strncmp(s->text.p, "STRIP:", 6)) continue;
    return fail(s, "protocol error: %c packet in answer to %s", s->status, START[s->kind]);
  }
}

/* What of a command a restore goes by. */
static const char *const RESTORE_KEYS[] = {"xattrs", "acl", "layout", "devices", "overwrite", "config"};

static bool same_text(const char *a, const char *b) { return a && b ? !strcmp(a, b) : a == b; }

/* Whether a backend that was told `a` restores the files of `b` as it should; what is answered is the same for both. */
static bool agree(const struct job *j, const struct params *a, const struct params *b) {
  for (size_t i = 0; i < sizeof RESTORE_KEYS / sizeof *RESTORE_KEYS; i++) {
    const char *key = RESTORE_KEYS[i];
    if (!params_get(&j->answers, key) && !same_text(params_get(a, key), params_get(b, key))) return false;
  }
  return a->abort_on_error == b->abort_on_error && a->slx_off == b->slx_off && a->offer == b->offer;
}

static bool serves(const struct session *s, const char *command) {
  for (size_t i = 0; i < s->also.count; i++) if (!strcmp(s->also.words[i], command)) return true;
  return !strcmp(s->command, command);
}

/* For a restore also one of another command that agrees; asked for each file, so what was found is kept. */
struct session *session_find(struct job *j, const char *command) {
  for (struct session *s = j->sessions; s; s = s->next_session) if (!s->ended && serves(s, command)) return s;
  struct session *found = NULL;
  struct params p = {0};
  bool parsed = !params_parse(&p, command);
  for (struct session *s = j->sessions; s && parsed && !found; s = s->next_session)
    if (!s->ended && s->kind == KIND_RESTORE && s->caps & CAP_ONE && agree(j, &s->params, &p)) found = s;
  params_free(&p);
  return found && !params_add(&found->also, command) ? found : NULL;
}

/* Never NULL but for want of memory: a session that could not start is dead and has said why. */
struct session *session_open(struct job *j, const char *command, enum kind kind, const char *extra) {
  struct session *s = calloc(1, sizeof *s);
  if (s) { s->buf = malloc(BUFFER); s->command = strdup(command); }
  if (!s || !s->buf || !s->command) {
    j->failed = true;
    say(j, MSG_FATAL, "out of memory");
    if (s) { free(s->buf); free(s->command); free(s); }
    return NULL;
  }
  s->job = j;
  s->kind = kind;
  s->child.in = s->child.out = s->child.err = s->pipe_fd = -1;
  pthread_mutex_lock(&j->lock);
  s->next_session = j->sessions;
  j->sessions = s;
  pthread_mutex_unlock(&j->lock);
  if (params_parse(&s->params, command)) { fail(s, "out of memory"); return s; }
  if (kind == KIND_ESTIMATE && params_get(&s->params, "listing")) s->kind = KIND_LISTING;
  (void)(child_start(s) || hello(s) || job_block(s) || params_block(s, extra) || start(s));
  core->get_value(j->ctx, VAR_FILE_INDEX, &s->first_index);
  return s;
}

/* After a query the protocol has no END. */
void session_end(struct session *s) {
  if (s->ended) return;
  bool good = !s->dead && (s->kind == KIND_QUERY || (!command_send(s, "END\n") && !eod_expect(s, "END")))
      && !packet_send(s, 'T', NULL, 0);
  if (!good) { session_abort(s); return; }
  s->ended = true;
  child_end(s, limit_s("STRIPELINE_LINGER_SECONDS", 30));
}

/* A cancelled backend had its time while its output was drained; a failed one gets a little. */
void session_abort(struct session *s) {
  if (s->ended) return;
  s->ended = s->dead = true;
  child_end(s, limit_s("STRIPELINE_ABORT_SECONDS", 5));
}

void session_free(struct session *s) {
  session_abort(s);
  item_clear(s);
  for (size_t i = 0; i < s->meta_room; i++) bytes_free(&s->metas[i]);
  struct bytes *all[] = {&s->text, &s->err_line, &s->coming, &s->name, &s->link, &s->acl, &s->xattr, &s->object, &s->scratch, &s->gathered};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) bytes_free(all[i]);
  free(s->metas);
  free(s->reports);
  free(s->buf);
  free(s->command);
  params_free(&s->params);
  params_free(&s->also);
  free(s);
}
