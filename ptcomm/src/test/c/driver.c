/* SPDX-License-Identifier: AGPL-3.0-only
 *
 * Plays bacula-fd: loads the plugin, calls its tables as the daemon does, and checks what comes of it, against the scenes
 * of fake_backend. Usage: driver PLUGIN BACKEND DIRECTORY
 */
#include "abi.h"
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Whether signals reach backends: they do nothing to a process that hangs in a filesystem. */
static bool deaf;
int kill(pid_t pid, int sig) { return deaf ? 0 : (int)syscall(SYS_kill, pid, sig); }

static struct fd_plugin *plugin;
static struct fd_ctx ctx;
static const char *work;
static int failures, checks, index_now, level = 'F', is_accurate, read_size = 65536;
static int rounds = 1;   /* how often a restore brings the whole volume */
static atomic_int status = 'R';
static char *where;
static int messages[20];
static char *texts;
static size_t texts_len;
static char seen_names[4096];

/* What a volume holds of one item. */
struct item { int type, link_fi, index; const char *command; char *name, *link; struct stat st; uint64_t flags; char *data; size_t len; size_t cuts[64]; int64_t offsets[64];
              int blocks; char *acl; int acl_len; char *xattr[4]; int xattr_len[4]; int xattrs; };
static struct item volume[64];
static int items;

#define CHECK(condition, ...) do { checks++; if (!(condition)) { failures++; fprintf(stderr, "%s:%d: ", __FILE__, __LINE__); \
  fprintf(stderr, __VA_ARGS__); fprintf(stderr, "\n  log:\n%s\n", texts ? texts : ""); } } while (0)

static fd_rc get_value(struct fd_ctx *c, int var, void *value) {
  (void)c;
  switch (var) {
    case VAR_JOBID: *(int *)value = 7; break;
    case VAR_JOB_NAME: *(const char **)value = "job.2026-01-01_00.00.00_01"; break;
    case VAR_ACCURATE: *(int *)value = is_accurate; break;
    case VAR_WORKING_DIR: *(const char **)value = work; break;
    case VAR_SYSCONF: *(const char **)value = "/etc/bacula"; break;
    case VAR_EXE_PATH: *(const char **)value = "/usr/sbin/"; break;
    case VAR_FILE_INDEX: *(int *)value = index_now; break;
    case VAR_REPLACE: *(int *)value = 'a'; break;
    case VAR_JOB_STATUS: *(int *)value = atomic_load(&status); break;
    case VAR_WHERE: *(char **)value = where; break;
    case VAR_REGEX_WHERE: case VAR_PREV_JOB_NAME: *(char **)value = NULL; break;
    default: return RC_ERROR;
  }
  return RC_OK;
}

static fd_rc set_value(struct fd_ctx *c, int var, void *value) {
  (void)c;
  if (var == VAR_FILE_SEEN) { strcat(seen_names, value); strcat(seen_names, ";"); }
  return RC_OK;
}

static fd_rc job_message(struct fd_ctx *c, const char *file, int line, int type, int64_t mtime, const char *format, ...) {
  (void)c; (void)file; (void)line; (void)mtime;
  char text[3000];
  va_list args;
  va_start(args, format);
  int n = vsnprintf(text, sizeof text, format, args);
  va_end(args);
  CHECK(n < 2000 && text[n - 1] == '\n', "a message of %d bytes", n);
  messages[type]++;
  texts = realloc(texts, texts_len + (size_t)n + 4);
  texts_len += (size_t)sprintf(texts + texts_len, "%d %.*s", type, n, text);
  if (type == MSG_FATAL) atomic_store(&status, 'f');
  return RC_OK;
}

static char asked_last[1000];
static fd_rc accept_file(struct fd_ctx *c, struct fd_save *save) {
  (void)c;
  snprintf(asked_last, sizeof asked_last, "%s", save->fname);
  return strcmp(save->fname, "/data/excluded") ? RC_OK : RC_SKIP;
}

static fd_rc get_accurate(struct fd_ctx *c, struct fd_accurate *a) {
  (void)c;
  if (strcmp(a->fname, "/data/same") && strcmp(a->fname, "/data/changed")) return RC_OK;
  a->st.st_size = strcmp(a->fname, "/data/same") ? 4 : 5;
  a->st.st_mtime = 2;
  a->st.st_ctime = 3;
  a->st.st_mode = 0100644;
  a->chksum = strdup("sum");
  return RC_SEEN;
}

static void free_core(struct fd_ctx *c, const char *file, int line, void *p) { (void)c; (void)file; (void)line; free(p); }

static struct fd_core functions = {.size = sizeof functions, .version = ABI_VERSION, .get_value = get_value, .set_value = set_value,
                                   .job_message = job_message, .accept_file = accept_file, .get_accurate = get_accurate, .free_ = free_core};

static fd_rc event(uint32_t type, void *value) {
  struct fd_event e = {type};
  return plugin->event(&ctx, &e, value);
}

static int64_t now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000;
}

static void begin(void) {
  memset(messages, 0, sizeof messages);
  free(texts);
  texts = NULL;
  texts_len = 0;
  index_now = 0;
  atomic_store(&status, 'R');
  *seen_names = 0;
  *asked_last = 0;
  ctx.plugin = NULL;
  CHECK(plugin->new_plugin(&ctx) == RC_OK, "newPlugin");
  event(EV_JOB_START, (void *)"JobId=7 Job=job");
}

static int open_files(void) {
  DIR *d = opendir("/proc/self/fd");
  int n = 0;
  while (d && readdir(d)) n++;
  closedir(d);
  return n;
}

static void finish(bool with_end) {
  if (with_end) event(EV_JOB_END, NULL);
  plugin->free_plugin(&ctx);
  CHECK(ctx.plugin == NULL, "the context is still in use");
  CHECK(deaf || (waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD), "a child is left");
}

static void forget(void) {
  for (int i = 0; i < items; i++) {
    struct item *t = &volume[i];
    free(t->name); free(t->link); free(t->data); free(t->acl);
    for (int k = 0; k < t->xattrs; k++) free(t->xattr[k]);
  }
  memset(volume, 0, sizeof volume);
  items = 0;
}

static char *copy(const void *p, size_t n) { char *c = malloc(n + 1); memcpy(c, p, n); c[n] = 0; return c; }

static void store_data(struct item *t) {
  char *buf = malloc((size_t)read_size);
  struct fd_io io = {.pkt_size = sizeof io, .pkt_end = sizeof io, .func = IO_OPEN, .fname = t->name};
  plugin->io(&ctx, &io);
  if (io.status < 0) { messages[MSG_ERROR]++; free(buf); return; }
  for (;;) {
    io = (struct fd_io){.func = IO_READ, .count = read_size, .buf = buf, .status = 99};
    plugin->io(&ctx, &io);
    if (io.status < 0) messages[MSG_ERROR]++;
    if (io.status <= 0) break;
    if (t->blocks >= 64) continue;   /* enough of an endless file */
    t->data = realloc(t->data, t->len + (size_t)io.status);
    memcpy(t->data + t->len, buf, (size_t)io.status);
    t->len += (size_t)io.status;
    t->offsets[t->blocks] = io.offset;
    t->cuts[t->blocks++] = (size_t)io.status;
  }
  io = (struct fd_io){.func = IO_CLOSE};
  plugin->io(&ctx, &io);
  free(buf);
}

static void store_records(struct item *t) {
  struct fd_xacl x = {.pkt_size = sizeof x, .func = XACL_ACL_BACKUP};
  plugin->xacl(&ctx, &x);
  if (x.count) { t->acl = copy(x.content, (size_t)x.count); t->acl_len = x.count; plugin->xacl(&ctx, &x); CHECK(x.count == 0, "a second ACL"); }
  for (x.func = XACL_XATTR_BACKUP; plugin->xacl(&ctx, &x) == RC_OK && x.count && t->xattrs < 4; t->xattrs++) {
    t->xattr[t->xattrs] = copy(x.content, (size_t)x.count);
    t->xattr_len[t->xattrs] = x.count;
  }
}

static void store(struct fd_save *save) {
  struct item *t = &volume[items++];
  bool object = save->type == FT_RESTORE_FIRST || save->type == FT_PLUGIN_CONFIG || save->type == FT_PLUGIN_OBJECT;
  CHECK(save->type != 0, "item without a type");
  t->type = save->type;
  t->st = save->st;
  t->flags = save->flags;
  t->link_fi = save->link_fi;
  t->index = ++index_now;
  if (object) {
    const char *name = save->type == FT_PLUGIN_OBJECT ? save->pobj.path : save->robj.name;
    t->name = copy(name, strlen(name));
    if (save->type != FT_PLUGIN_OBJECT) { t->data = copy(save->robj.data, (size_t)save->robj.len); t->len = (size_t)save->robj.len; }
    return;
  }
  t->name = copy(save->fname, strlen(save->fname));
  t->link = copy(save->link, strlen(save->link));
  if (save->type == FT_DELETED) return;
  CHECK(!*asked_last || !strncmp(asked_last, save->fname, strlen(asked_last)), "options of %s for %s", asked_last, save->fname);
  if (!save->no_read) store_data(t);
  store_records(t);
}

static void start_backup(const char *command, const char *second) {
  forget();
  begin();
  if (level != 'F') event(EV_SINCE, (void *)(intptr_t)1000);
  event(EV_LEVEL, (void *)(intptr_t)level);
  event(EV_PLUGIN_COMMAND, (void *)(intptr_t)command);
  if (second) event(EV_PLUGIN_COMMAND, (void *)(intptr_t)second);
  event(EV_END_FILESET, NULL);
  event(EV_START_BACKUP, NULL);
}

/* The turn of one plugin line. */
static void store_all(const char *command) {
  if (event(EV_BACKUP_COMMAND, (void *)(intptr_t)command) == RC_OK) {
    fd_rc more = RC_MORE;
    while (more == RC_MORE && atomic_load(&status) == 'R' && items < 60) {
      struct fd_save save;
      memset(&save, 0, sizeof save);
      save.pkt_size = save.pkt_end = sizeof save;
      save.cmd = (char *)(intptr_t)command;
      if (plugin->start_backup_file(&ctx, &save) != RC_OK) break;
      volume[items].command = command;
      store(&save);
      more = plugin->end_backup_file(&ctx);
    }
  }
}

/* One job with one plugin line; true when nothing fatal happened. */
static bool backup(const char *command, void (*during)(void)) {
  start_backup(command, NULL);
  if (during) during();
  store_all(command);
  return messages[MSG_FATAL] == 0;
}

/* One job with two plugin lines. */
static bool backup_two(const char *command, const char *second) {
  start_backup(command, second);
  store_all(command);
  store_all(second);
  bool good = messages[MSG_FATAL] == 0;
  event(EV_END_BACKUP, NULL);
  finish(good);
  return good;
}

static bool backup_all(const char *command) {
  bool good = backup(command, NULL);
  event(EV_END_BACKUP, NULL);
  finish(good);
  return good;
}

static struct item *find(const char *name) {
  for (int i = 0; i < items; i++) if (!strcmp(volume[i].name, name)) return &volume[i];
  static struct item none = {.name = (char *)""};
  CHECK(false, "no item %s", name);
  return &none;
}

static bool logged(const char *text) { return texts && strstr(texts, text); }

static void restore_data(struct item *t) {
  struct fd_io io = {.func = IO_OPEN, .fname = t->name};
  plugin->io(&ctx, &io);
  CHECK(io.status >= 0 || atomic_load(&status) != 'R', "open");
  size_t at = 0;
  int64_t position = 0;
  for (int i = 0; i < t->blocks && atomic_load(&status) == 'R'; i++) {
    if (t->offsets[i] != position) { io = (struct fd_io){.func = IO_SEEK, .offset = t->offsets[i]}; plugin->io(&ctx, &io); }
    io = (struct fd_io){.func = IO_WRITE, .buf = t->data + at, .count = (int32_t)t->cuts[i]};
    plugin->io(&ctx, &io);
    at += t->cuts[i];
    position = t->offsets[i] + (int64_t)t->cuts[i];
  }
  io = (struct fd_io){.func = IO_CLOSE};
  plugin->io(&ctx, &io);
}

static void restore_records(struct item *t) {
  struct fd_xacl x = {.func = XACL_ACL_RESTORE, .content = t->acl, .count = t->acl_len};
  if (t->acl) plugin->xacl(&ctx, &x);
  x.func = XACL_XATTR_RESTORE;
  for (int i = 0; i < t->xattrs; i++) { x.content = t->xattr[i]; x.count = t->xattr_len[i]; plugin->xacl(&ctx, &x); }
}

/* Gives back what the last backup left on the volume; `command` is that of all items, NULL for each its own. */
static bool restore(const char *command, const char *options) {
  begin();
  event(EV_PLUGIN_COMMAND, NULL);
  for (int i = 0; i < items; i++) {
    if (volume[i].type != FT_RESTORE_FIRST) continue;
    struct fd_robj_pkt o = {.name = volume[i].name, .data = volume[i].data, .plugin_name = (char *)(intptr_t)(command ? command : volume[i].command), .type = FT_RESTORE_FIRST, .len = (int32_t)volume[i].len};
    event(EV_RESTORE_OBJECT, &o);
  }
  if (options) {
    struct fd_robj_pkt o = {.name = (char *)"RestoreOptions", .data = (char *)(intptr_t)options, .plugin_name = (char *)(intptr_t)(command ? command : volume[0].command), .type = FT_PLUGIN_CONFIG_FILLED, .len = (int32_t)strlen(options)};
    event(EV_RESTORE_OBJECT, &o);
  }
  event(EV_RESTORE_OBJECT, NULL);
  where = (char *)"/restore";
  event(EV_START_RESTORE, NULL);
  for (int i = 0; i < items * rounds && atomic_load(&status) == 'R'; i++) {
    struct item *t = &volume[i % items];
    if (t->type > FT_SPEC || t->type == 0) continue;
    const char *of = command ? command : t->command;
    event(EV_RESTORE_COMMAND, (void *)(intptr_t)of);
    plugin->start_restore_file(&ctx, of);
    struct fd_restore r = {.pkt_size = sizeof r, .type = t->type, .link_fi = t->link_fi, .st = t->st, .ofname = t->name, .olname = t->link,
                           .where = where, .replace = 'a', .create_status = 2, .pkt_end = sizeof r};
    plugin->create_file(&ctx, &r);
    if (r.create_status == CF_EXTRACT) restore_data(t);
    if (r.create_status == CF_EXTRACT || r.create_status == CF_CREATED) { plugin->set_attributes(&ctx, &r); restore_records(t); }
    plugin->end_restore_file(&ctx);
  }
  where = NULL;
  event(EV_END_RESTORE, NULL);
  bool good = messages[MSG_FATAL] == 0;
  finish(good);
  return good;
}

static char *log_of(const char *name) {
  char path[600];
  snprintf(path, sizeof path, "%s/%s.log", work, name);
  FILE *f = fopen(path, "r");
  static char all[200000];
  size_t n = f ? fread(all, 1, sizeof all - 1, f) : 0;
  all[n] = 0;
  if (f) fclose(f);
  return all;
}

static char *restore_log(void) { return log_of("restore"); }

/* The plugin line of another tree, whose backend writes a log of its own. */
static const char *second_of(const char *scene, const char *more) {
  static char text[1000];
  snprintf(text, sizeof text, "stripeline: scene=%s log=%s/second.log path=/data/c %s", scene, work, more);
  return text;
}

static int count_of(const char *all, const char *text) {
  int n = 0;
  for (const char *at = all ? all : ""; (at = strstr(at, text)); at++) n++;
  return n;
}

static const char *command_of(const char *scene, const char *more) {
  static char text[1000];
  snprintf(text, sizeof text, "stripeline: scene=%s log=%s/restore.log path=\"/data/a b\" flag %s", scene, work, more);
  return text;
}

static void check_tree(bool extended) {
  struct item *t = find("RestoreOptions");
  CHECK(t->type == FT_PLUGIN_CONFIG && t->index == 1, "restore options come first");
  t = find("layout.0");
  CHECK(t->type == FT_RESTORE_FIRST && t->len == 200000 && t->data[199999] == 'x', "restore object");
  CHECK(find("/@stripeline/objects/one")->type == FT_PLUGIN_OBJECT, "plugin object");
  t = find("/data/first");
  CHECK(t->type == FT_REG && t->len == 5 + 983040 && !memcmp(t->data, "hellox", 6), "data %zu", t->len);
  CHECK(t->cuts[0] == 5 && t->cuts[1] == 65536, "one read takes from one packet");
  CHECK(t->st.st_uid == 10 && t->st.st_gid == 4294967294u && t->st.st_mode == 0100644 && t->st.st_mtime == 1700000001, "attributes");
  CHECK(t->acl_len == 12 && !memcmp(t->acl, "acl of first", 12), "acl");
  CHECK(t->xattrs == (extended ? 3 : 1), "%d records", t->xattrs);
  CHECK(t->st.st_rdev == (extended ? 0x00c0ffee00c0ffeeul : 0), "layout id");
  CHECK(!!(t->flags & FLAG_OFFSETS) == extended, "offsets");
  CHECK(t->xattr_len[t->xattrs - 1] == 39 && !memcmp(t->xattr[t->xattrs - 1], "SLX1XATTSLX1META", 16), "a blob that looks like a mark");
  CHECK(find("/data/second")->type == FT_LNKSAVED && find("/data/second")->link_fi == t->index, "hard link");
  CHECK(!strcmp(find("/data/second")->link, "/data/first"), "hard link name");
  CHECK(!strcmp(find("/data/sym")->link, "../README") && find("/data/sym")->type == FT_LNK, "symbolic link");
  CHECK(find("/data/empty\nwith newline")->type == FT_REGE, "empty");
  CHECK(S_ISFIFO(find("/data/fifo")->st.st_mode), "fifo");
  t = find("/data/holes");
  CHECK(t->len == 6 && t->offsets[1] == (extended ? 10000000 : 5), "hole");
  t = find("/data/");
  CHECK(t->type == FT_DIREND && !strcmp(t->link, "/data/") && t->acl_len == 10, "directory");
  CHECK(messages[MSG_ERROR] == 0 && messages[MSG_WARNING] == 2, "messages");
  CHECK(logged("7 stripeline: hello from\nthe backend, 100% good\n"), "text");
}

static void test_backup_and_restore(void) {
  CHECK(backup_all(command_of("stock", "X-SLX=bad \"two words\"=\"a\\\"b\"")), "backup");
  check_tree(false);
  CHECK(logged(";scene=stock;log=") && logged("path=/data/a b;flag=1;two words=a\"b;X-SLX=1 meta seen tally holes accept one batch async;"), "parameters");
  CHECK(restore(command_of("stock", ""), NULL), "restore");
  char *log = restore_log();
  CHECK(strstr(log, "C RESTOREOBJ:layout.0\nC RESTOREOBJ_LEN:200000\nD 65536 "), "object: %.300s", log);
  CHECK(strstr(log, "C FNAME:/data/first\nC STAT:F 5 10 4294967294 100644 2 0\nC TSTAMP:1700000000 1700000001 1700000002\nF \nC DATA\nD 5 hello\nD 65536 "), "file");
  CHECK(strstr(log, "C ACL\nD 12 acl of first\nF \nC XATTR\nD 31 SLX1META is how this one starts\nF \n"), "blobs");
  CHECK(strstr(log, "C FNAME:/data/sym\nC STAT:S 9 0 0 120777 1 0\nC TSTAMP:1700000000 1700000001 1700000002\nC LSTAT:../README\nF \n"), "link");
  CHECK(strstr(log, "C LSTAT:/data/first\nF \nC XATTR\nD 9 link blob\nF \n"), "hard link");
  CHECK(strstr(log, "C FINISH\nC END\nT \n"), "end");

  CHECK(backup_all(command_of("good", "")), "extended backup");
  check_tree(true);
  CHECK(backup_all(command_of("batch", "")) && logged("\n5 stripeline: cannot be read"), "batch");
  messages[MSG_ERROR]--;   /* of the item that was dropped */
  check_tree(true);
  CHECK(items == 10, "%d items", items);
  CHECK(restore(command_of("batch", ""), NULL), "restore of what came in batches");
  CHECK(strstr(restore_log(), "C METADATA_STREAM\nD 8 meta one\nF \nC METADATA_STREAM\nD 8 meta two\nF \nC XATTR\nD 31 SLX1META is"), "metadata of a batch");
  CHECK(!backup_all(command_of("batch", "slx=meta,seen,tally,holes")) && logged("packet of type B"), "a batch that was not offered");
  CHECK(backup_all(command_of("good", "")), "extended backup");
  CHECK(restore(command_of("good", ""), "# comment\nlayout=no\npath=\"/else where\"\n"), "extended restore");
  CHECK(logged("path=/else where;flag=1;layout=no;path=/else where;X-SLX"), "answers");
  log = restore_log();
  CHECK(strstr(log, "C STAT:F 5 10 4294967294 100644 2 0\nC X-LAYOUT:00c0ffee00c0ffee\n"), "layout");
  CHECK(strstr(log, "C METADATA_STREAM\nD 8 meta one\nF \nC METADATA_STREAM\nD 8 meta two\nF \nC XATTR\nD 31 SLX1META is"), "metadata");
  CHECK(strstr(log, "C DATA\nD 5 start\nC X-SEEK:10000000\nD 1 e\nF \n"), "seek");
  CHECK(restore(command_of("stock", ""), NULL), "restore by a backend without the extension");
  log = restore_log();
  CHECK(!strstr(log, "META\n") && !strstr(log, "X-") && strstr(log, "D 5 start\nD 65536 \n"), "zeros for holes");
  CHECK(logged("takes no metadata"), "warning");
  CHECK(restore(command_of("restore-skip", ""), NULL) && !strstr(restore_log(), "hello"), "skip");
  CHECK(restore(command_of("restore-chatty", ""), NULL), "a backend that writes while it should read");
  CHECK(restore(command_of("restore-error", ""), NULL) && messages[MSG_ERROR] == 2 && logged("/data/first: write failed"), "error of one file");
  CHECK(!restore(command_of("restore-error", "abort_on_error"), NULL), "abort_on_error");
  CHECK(!restore(command_of("restore-abort", ""), NULL) && logged("target is full"), "abort");
  CHECK(!restore(command_of("restore-garbage", ""), NULL) && logged("MAYBE"), "garbage");
  CHECK(!restore(command_of("restore-exit", ""), NULL), "exit");
  CHECK(restore(command_of("finish-error", ""), NULL) && messages[MSG_ERROR] == 1, "error at the end");
  read_size = 3000;
  CHECK(backup_all(command_of("slow-batch", "")) && items == 10, "batches byte by byte");
  CHECK(backup_all(command_of("slow", "slx=meta,seen")), "byte by byte");
  CHECK(logged("X-SLX=1 meta seen;"), "offer");
  read_size = 65536;
  CHECK(backup_all(command_of("good", "slx=off")) && !logged("X-SLX"), "slx=off");
}

/* What a restore goes by is not taken from another line, unless the user has answered it for all. */
static void test_lines_that_differ(void) {
  static const char *const DIFFER[] = {"xattrs=no", "acl=no", "layout=no", "devices=no", "overwrite=never", "config=/b", "abort_on_error", "slx=off", "slx=one"};
  for (size_t i = 0; i < sizeof DIFFER / sizeof *DIFFER; i++) {
    CHECK(backup_two(command_of("good", DIFFER[i]), second_of("good", "")) && restore(NULL, NULL), "lines of which one has %s", DIFFER[i]);
    CHECK(count_of(texts, "params Params;scene=") == 2, "%s: a backend for each line", DIFFER[i]);
    CHECK(count_of(restore_log(), "C FNAME:/data/first\n") == 1 && count_of(log_of("second"), "C FNAME:/data/first\n") == 1, "%s: its own files", DIFFER[i]);
  }
  CHECK(backup_two(command_of("good", "devices=no XATTRS=no workers=2"), second_of("good", "xattrs=no")), "a key that is answered");
  CHECK(restore(NULL, "devices=yes\n") && count_of(texts, "params Params;scene=") == 1, "one backend for what is the same then");
  CHECK(count_of(restore_log(), "C FNAME:/data/first\n") == 2, "which gets all files");
}

/* Two plugin lines in one job: what is behind a restore object may have lost its options; one backend restores both. */
static void test_two_commands(void) {
  static const char *const DROPPED = "6 stripeline: files are saved behind a restore object";
  CHECK(backup_two(command_of("plain", ""), second_of("plain", "")) && messages[MSG_WARNING] == 0 && items == 4, "no object, no warning");
  CHECK(backup_two(command_of("object-last", ""), second_of("asks", "")) && messages[MSG_WARNING] == 0, "a backend that asks");
  CHECK(backup_two(command_of("object-last", ""), second_of("asks-in-vain", "")) && messages[MSG_WARNING] == 0, "one that asked for another name");
  CHECK(backup_two(command_of("object-last", ""), second_of("plain", "")) && count_of(texts, DROPPED) == 1 && messages[MSG_WARNING] == 1, "one that does not");
  CHECK(backup_two(command_of("plain", ""), second_of("object-last", "")) && messages[MSG_WARNING] == 0, "the object comes last");
  CHECK(backup_two(command_of("batch", ""), second_of("plain", "")) && count_of(texts, DROPPED) == 1, "an object of a batch");
  CHECK(backup_two(command_of("good", ""), second_of("good", "")) && count_of(texts, DROPPED) == 1, "one warning");
  CHECK(count_of(texts, "params Params;scene=") == 2, "a backend for each command of a backup");
  struct item *t = find("/data/first");
  CHECK(t->command != volume[items - 1].command, "items of both commands");
  char log[600];
  snprintf(log, sizeof log, "%s/second.log", work);
  unlink(log);
  CHECK(restore(NULL, "devices=no\noverwrite=\"never\"\n") && count_of(texts, "params Params;scene=") == 1, "one backend");
  char *sent = restore_log();
  CHECK(count_of(sent, "C FNAME:/data/first\n") == 2 && count_of(sent, "C FINISH\n") == 1 && access(log, F_OK), "all files go to it");
  CHECK(count_of(sent, "C RESTOREOBJ:layout.0\n") == 2 && !strstr(strstr(sent, "C FNAME:"), "RESTOREOBJ"), "objects of both, before the first file");
  CHECK(logged("flag=1;devices=no;overwrite=never;X-SLX"), "answers");
  test_lines_that_differ();
  CHECK(backup_two(command_of("good", "slx=off"), second_of("good", "slx=off")), "stock backup");
  CHECK(restore(NULL, "devices=no\n") && count_of(texts, "params Params;scene=") == 2, "a backend for each command");
  CHECK(logged("flag=1;devices=no;") && logged("path=/data/c;devices=no;"), "answers apply to both");
  CHECK(count_of(restore_log(), "C FNAME:/data/first\n") == 1 && count_of(restore_log(), "RESTOREOBJ:layout.0\n") == 1, "its own files and objects");
  CHECK(count_of(log_of("second"), "C FNAME:/data/first\n") == 1 && count_of(log_of("second"), "C FINISH\n") == 1, "the other's");
}

/* Restores that are not answered item by item; the volume holds what came last. */
static void test_async(void) {
  static const char *const BROKEN[] = {"async-code", "async-unknown", "async-zero", "async-far", "async-twice", "async-short", "async-record", "async-command",
                                       "async-error", "async-exit", "async-missing"};
  CHECK(backup_all(command_of("batch", "")), "backup");
  CHECK(restore(command_of("async", ""), NULL), "restore");
  char *log = restore_log();
  CHECK(strstr(log, "C RESTOREOBJ:layout.0\nC RESTOREOBJ_LEN:200000\nD 65536 "), "objects are commands: %.300s", log);
  CHECK(strstr(log, "ITEM 1 F mode=100644 uid=10 gid=4294967294 nlink=2 size=5 rdev=c0ffee00c0ffee mtime=1700000001 first=0 /data/first>\n"
                    "DATA 5 hello\nDATA 65536 xxxx"), "file");
  CHECK(strstr(log, "ACL 12 acl of first\nMETA 8 meta one\nMETA 8 meta two\nXATTR 31 SLX1META is how this one starts\nEND 1 "), "blobs");
  char link[100];
  snprintf(link, sizeof link, " first=%d /data/second>/data/first\nXATTR 9 link blob\nEND 1 ", find("/data/first")->index);
  CHECK(strstr(log, "ITEM 2 L mode=100644 ") && strstr(log, link), "hard link");
  CHECK(strstr(log, "ITEM 3 S mode=120777 ") && strstr(log, " /data/sym>../README\nEND 1 "), "symbolic link");
  CHECK(strstr(log, " E mode=100600 ") && strstr(log, " P mode=10644 ") && strstr(log, " D mode=40755 ") && strstr(log, "first=0 /data/>\nACL 10 acl of dir\nEND 1 "), "kinds");
  CHECK(strstr(log, "DATA 5 start\nDATA@10000000 1 e\nEND 1 "), "hole");
  CHECK(strstr(log, "C FINISH\nC END\nT \n") && !strstr(log, "FNAME"), "end");
  CHECK(restore(command_of("async", "slx=meta,batch,async"), NULL), "without holes");
  log = restore_log();
  CHECK(!strstr(log, "DATA@") && strstr(log, "DATA 5 start\nDATA 65536 "), "zeros for holes");
  CHECK(restore(command_of("async", "slx=meta,async"), NULL) && strstr(restore_log(), "C FNAME:/data/first\n"), "not without batch");
  CHECK(restore(command_of("async-alone", ""), NULL) && strstr(restore_log(), "C FNAME:/data/first\n"), "accepted without batch");
  CHECK(restore(command_of("async-late", ""), NULL), "reports at the end, the last one first");
  CHECK(restore(command_of("async-message", ""), NULL) && logged("so far"), "messages, and no report until the end");
  CHECK(restore(command_of("async-chatty", ""), NULL) && messages[MSG_WARNING] == 1 && logged("from a batch"), "a backend that writes much");
  CHECK(restore(command_of("async-skipped", ""), NULL) && messages[MSG_ERROR] == 0, "skipped");
  CHECK(restore(command_of("async-failed", ""), NULL) && messages[MSG_ERROR] == 7 && logged("target is read-only"), "%d errors", messages[MSG_ERROR]);
  CHECK(restore(command_of("async-silent-failure", ""), NULL) && messages[MSG_ERROR] == 0, "failures that were told before");
  CHECK(!restore(command_of("async-silent-failure", "abort_on_error"), NULL) && logged("could not be restored"), "abort_on_error");
  CHECK(!restore(command_of("async-abort", ""), NULL) && logged("target is full"), "abort");
  for (size_t i = 0; i < sizeof BROKEN / sizeof *BROKEN; i++)
    CHECK(!restore(command_of(BROKEN[i], ""), NULL) && messages[MSG_FATAL] == 1, "%s: %d fatal messages", BROKEN[i], messages[MSG_FATAL]);
  rounds = 100;   /* of a megabyte */
  CHECK(restore(command_of("async-bytes", ""), NULL), "at most 64 MiB unreported");
  CHECK(backup_all(command_of("batch-error", "")), "a small volume");
  rounds = 10000;
  CHECK(restore(command_of("async-limit", ""), NULL), "at most 4096 items unreported");
  rounds = 1;
}

static void test_incremental(void) {
  level = 'I';
  CHECK(backup_all(command_of("gone", "")), "gone");
  CHECK(find("/data/old")->type == FT_DELETED && find("/data/dir/")->type == FT_DELETED && find("/data/a")->type == FT_REG && items == 3, "deletions");
  CHECK(backup_all(command_of("gone-batch", "")), "gone in a batch");
  CHECK(find("/data/old")->type == FT_DELETED && find("/data/dir/")->type == FT_DELETED && find("/data/a")->index == 3, "deletions of a batch");
  is_accurate = 1;
  bool good = backup(command_of("accurate", ""), NULL);
  CHECK(good && logged("Accurate=1;"), "accurate");
  CHECK(logged("answer SEEN") && logged("answer OK") && logged("answer STAT:X 5 0 0 100644 0 0") && logged("answer TSTAMP:0 2 3")
        && logged("answer UNAVAIL") && logged("answer SKIP") && logged("accept 010"), "answers");
  CHECK(!strcmp(seen_names, "/data/same;/data/changed;"), "seen %s", seen_names);
  CHECK(find("/kept/file")->type == FT_DELETED, "gone in an accurate job");
  CHECK(plugin->check_file(&ctx, (char *)"/kept/") == RC_SEEN && plugin->check_file(&ctx, (char *)"/kept/a/b") == RC_SEEN, "kept");
  CHECK(plugin->check_file(&ctx, (char *)"/kept/dir/") == RC_OK && plugin->check_file(&ctx, (char *)"/kept/dir/x") == RC_OK, "gone");
  CHECK(plugin->check_file(&ctx, (char *)"/kept/directory") == RC_SEEN && plugin->check_file(&ctx, (char *)"/other") == RC_OK, "others");
  CHECK(plugin->check_file(&ctx, (char *)"/many/4999/x") == RC_SEEN && plugin->check_file(&ctx, (char *)"/many/5000/x") == RC_OK, "many");
  event(EV_END_BACKUP, NULL);
  finish(true);
  is_accurate = 0;
  CHECK(backup_all(command_of("accurate", "")) && messages[MSG_ERROR] == 4 && logged("NOACCJOB"), "questions out of place");
  level = 'F';
}

static void test_messages(void) {
  CHECK(backup_all(command_of("file-error", "")) && messages[MSG_ERROR] == 2 && items == 3, "errors of files");
  CHECK(backup_all(command_of("batch-error", "")) && messages[MSG_ERROR] == 2 && items == 3 && logged("read error in the middle of bad"), "errors of files of a batch");
  CHECK(backup_all(command_of("long-message", "")) && messages[MSG_ERROR] == 1, "long message");
  CHECK(backup_all(command_of("stderr", "")) && messages[MSG_WARNING] > 100 && messages[MSG_ERROR] == 0 && items == 10, "stderr");
  CHECK(backup_all(command_of("stderr-closed", "")) && messages[MSG_WARNING] == 2 && items == 10, "stderr closed");
  CHECK(backup_all(command_of("status", "")) && logged("ended with status 3"), "status");
  CHECK(backup_all(command_of("linger", "")) && logged("did not end within 1 s"), "linger");
  CHECK(backup_all(command_of("linger-hard", "")) && logged("did not end within 1 s"), "linger, deaf");
}

static void test_pipe(void) {
  CHECK(backup_all(command_of("pipe", "")), "pipe");
  CHECK(find("/data/piped")->len == 5 && !memcmp(find("/data/piped")->data, "hello", 5) && find("/data/after")->len == 5, "data of a pipe");
}

/* A backend that SIGKILL does not end holds up nobody, and is waited for by the next job once it is gone. */
static void test_stuck(void) {
  deaf = true;
  CHECK(backup_all(command_of("linger-hard", "")) && messages[MSG_ERROR] == 1 && logged("does not die"), "stuck");
  deaf = false;
  siginfo_t info = {0};
  const char *told = strstr(texts, "(pid ");
  pid_t pid = told ? atoi(told + 5) : 0;
  CHECK(pid > 0 && kill(pid, SIGKILL) == 0 && waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) == 0, "pid %d", pid);
  CHECK(backup_all(command_of("good", "")), "the next job");
}

static void test_broken(void) {
  static const char *const SCENES[] = {"bad-header", "no-newline", "unknown-status", "lower-case", "terminate", "eod-with-payload", "empty-command", "nul",
    "unknown-command", "data-between", "error-between", "abort", "exit", "no-name", "bad-stat", "bad-type", "no-stat", "no-lstat", "no-index", "no-slash",
    "unknown-attribute", "wrong-word", "empty-data", "command-in-data", "error-in-data", "exit-in-data", "two-acl-packets", "no-acl-packet", "acl-first",
    "object-short", "object-long", "object-empty", "object-status", "seek-unasked", "hang", "hang-in-packet", "hang-pipe", "pipe-exit", "tally-missing", "tally-wrong", "tally-bytes",
"batch-empty", "batch-torn-header", "batch-long-body", "batch-huge-body", "batch-across", "batch-type-0", "batch-type-10", "batch-type-255",
    "batch-flags", "batch-lane", "batch-letter", "batch-message-empty", "batch-message-nul", "batch-data-first", "batch-end-first",
    "batch-meta-first", "batch-item-short", "batch-item-number", "batch-item-kind", "batch-item-mode", "batch-item-slash", "batch-item-size",
    "batch-item-no-name", "batch-item-no-target", "batch-item-first", "batch-item-not-link", "batch-item-zeros", "batch-item-nanos",
    "batch-item-name-length", "batch-item-name-huge", "batch-item-nul", "batch-item-in-item", "batch-command-in-item", "batch-eod-in-item",
    "batch-gone-in-item", "batch-data-empty", "batch-data-offset-short", "batch-data-offset-only", "batch-data-offset-beyond", "batch-two-acl",
    "batch-xattr-empty", "batch-xattr-long", "batch-many-metas", "batch-end-empty", "batch-end-status", "batch-late-drop", "batch-far-drop",
    "batch-object-no-name", "batch-object-short", "batch-object-long", "batch-object-name-long", "batch-exit", "batch-exit-in-record",
    "batch-unasked", "batch-holes-unasked", "batch-meta-unasked", "batch-layout-unasked", "batch-gone-unasked", "batch-tally",
    "refuse-job", "refuse-start", "wrong-hello"};
  for (size_t i = 0; i < sizeof SCENES / sizeof *SCENES; i++) {
    if (!strncmp(SCENES[i], "hang", 4)) setenv("STRIPELINE_TIMEOUT_SECONDS", "1", 1);
    setenv("FAKE_SCENE", SCENES[i], 1);
    CHECK(!backup_all(command_of(SCENES[i], "")) && messages[MSG_FATAL] == 1, "%s: %d fatal messages", SCENES[i], messages[MSG_FATAL]);
    unsetenv("FAKE_SCENE");
    setenv("STRIPELINE_TIMEOUT_SECONDS", "20", 1);
  }
  char *backend = strdup(getenv("STRIPELINE_BACKEND"));
  setenv("STRIPELINE_BACKEND", "/nowhere/backend", 1);
  CHECK(!backup_all(command_of("good", "")) && logged("cannot be run"), "no backend");
  setenv("STRIPELINE_BACKEND", backend, 1);
  free(backend);
}

static void test_console(void) {
  begin();
  event(EV_LEVEL, (void *)(intptr_t)'F');
  CHECK(event(EV_ESTIMATE_COMMAND, (void *)(intptr_t)command_of("estimate", "")) == RC_OK, "estimate");
  int n = 0;
  for (struct fd_save save; memset(&save, 0, sizeof save), plugin->start_backup_file(&ctx, &save) == RC_OK; plugin->end_backup_file(&ctx)) n++;
  CHECK(n == 2 && messages[MSG_FATAL] == 0, "estimate of %d", n);
  finish(true);
  begin();
  char command[1100];
  snprintf(command, sizeof command, "%s listing=/data", command_of("listing", ""));
  CHECK(event(EV_ESTIMATE_COMMAND, command) == RC_OK, "listing");
  for (struct fd_save save; memset(&save, 0, sizeof save), plugin->start_backup_file(&ctx, &save) == RC_OK; plugin->end_backup_file(&ctx))
    CHECK(save.type != FT_DIREND || !strcmp(save.fname, "dir/"), "listing %s", save.fname);
  finish(true);
  begin();
  struct fd_query q = {.pkt_size = sizeof q, .parameter = (char *)"multi", .command = command};
  CHECK(plugin->query(&ctx, &q) == RC_MORE && !strcmp(q.result, "id=1,name=one\n"), "query %s", q.result);
  CHECK(plugin->query(&ctx, &q) == RC_MORE && !strcmp(q.result, "id=2\n"), "query %s", q.result);
  CHECK(plugin->query(&ctx, &q) == RC_MORE && !strcmp(q.result, "{json}"), "query %s", q.result);
  CHECK(plugin->query(&ctx, &q) == RC_OK && !*q.result, "query end");
  finish(true);
}

static void *cancel_soon(void *unused) {
  struct timespec t = {0, 300000000};
  nanosleep(&t, NULL);
  event(EV_CANCEL, NULL);
  return unused;
}

static pthread_t canceller;
static void start_canceller(void) { pthread_create(&canceller, NULL, cancel_soon, NULL); }

static void test_cancel(void) {
  static const char *const SCENES[] = {"cancel", "cancel-waiting", "cancel-ignored", "cancel-batch"};
  for (int i = 0; i < 4; i++) {
    int64_t start = now_ms();
    backup(command_of(SCENES[i], ""), start_canceller);
    struct fd_save save = {0};
    CHECK(plugin->start_backup_file(&ctx, &save) == RC_STOP, "stop after a cancel");
    CHECK(plugin->check_file(&ctx, (char *)"/other") == RC_SEEN, "a cancelled job deletes nothing");
    pthread_join(canceller, NULL);
    atomic_store(&status, 'A');
    event(EV_END_BACKUP, NULL);
    finish(false);
    CHECK(messages[MSG_FATAL] == 0, "%s: a cancel is no failure", SCENES[i]);
    CHECK(now_ms() - start < 10000, "%s took too long", SCENES[i]);
  }
}

int main(int argc, char **argv) {
  if (argc != 4) { fprintf(stderr, "usage: driver PLUGIN BACKEND DIRECTORY\n"); return 2; }
  work = argv[3];
  setenv("STRIPELINE_BACKEND", argv[2], 1);
  setenv("STRIPELINE_TIMEOUT_SECONDS", "20", 1);
  setenv("STRIPELINE_LINGER_SECONDS", "1", 1);
  setenv("STRIPELINE_ABORT_SECONDS", "1", 1);
  setenv("STRIPELINE_KILL_SECONDS", "1", 1);
  signal(SIGPIPE, SIG_IGN);
  void *so = dlopen(argv[1], RTLD_NOW);
  if (!so) { fprintf(stderr, "%s\n", dlerror()); return 1; }
  fd_rc (*load)(struct fd_info *, struct fd_core *, struct fd_plugin_info **, struct fd_plugin **) = dlsym(so, "loadPlugin");
  struct fd_plugin_info *info;
  struct fd_info daemon = {8, ABI_VERSION - 1};
  CHECK(load(&daemon, &functions, &info, &plugin) == RC_ERROR, "another version");
  daemon.version = ABI_VERSION;
  CHECK(load(&daemon, &functions, &info, &plugin) == RC_OK, "loadPlugin");
  CHECK(info->size == 56 && info->version == 23 && !strcmp(info->license, "AGPLv3") && !strcmp(info->magic, "*FDPluginData*"), "info");
  int files = open_files();
  test_backup_and_restore();
  test_two_commands();
  test_async();
  test_incremental();
  test_messages();
  test_pipe();
  test_stuck();
  test_console();
  test_broken();
  test_cancel();
  forget();
  free(texts);
  texts = NULL;
  CHECK(open_files() == files, "descriptors left: %d, were %d", open_files(), files);
  fprintf(stderr, "shim: %d checks, %d failed\n", checks, failures);
  return failures != 0;
}
