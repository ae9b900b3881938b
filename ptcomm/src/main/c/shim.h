/* SPDX-License-Identifier: AGPL-3.0-only
 *
 * The words of the shim.
 *
 * job      one bacula-fd connection (context): what events told, and its backends.
 * session  one backend process and the conversation with it, for one plugin command string; in a restore for all that agree.
 * item     what a session announces for the volume: a file, a restore object, a plugin object, a deletion.
 * caps     the parts of the extension SLX/1 that both sides agreed on; none with a stock style backend.
 *
 * All functions run in the job's thread, except job_cancel(). A session that failed has told the job why
 * with one fatal message, is `dead`, and takes no further packet: nothing is ever dropped silently.
 */
#ifndef STRIPELINE_SHIM_H
#define STRIPELINE_SHIM_H
#include "abi.h"
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>

enum { PACKET_MAX = 999999, HEADER = 8, BUFFER = 256 * 1024, OBJECT_MAX = 900000, RECORD_MAX = 999000, METAS_MAX = 64 };
enum cap { CAP_META = 1, CAP_SEEN = 2, CAP_TALLY = 4, CAP_HOLES = 8, CAP_ACCEPT = 16, CAP_ONE = 32, CAP_BATCH = 64, CAP_ASYNC = 128 };
enum kind { KIND_BACKUP, KIND_ESTIMATE, KIND_LISTING, KIND_QUERY, KIND_RESTORE };
enum next { NEXT_NONE, NEXT_FILE, NEXT_OBJECT, NEXT_PLUGIN_OBJECT, NEXT_GONE, NEXT_END };
/* Where in an item the backend is: nothing open; attributes read; inside data; data read. */
enum phase { PHASE_IDLE, PHASE_ATTRS, PHASE_DATA, PHASE_AFTER };
/* Records of a batch. */
enum record { REC_ITEM = 1, REC_META, REC_DATA, REC_ACL, REC_XATTR, REC_END, REC_ROBJ, REC_GONE, REC_MSG, REC_RESULT };
enum { RECORD_HEADER = 8, ITEM_FIXED = 128, FLAG_OFFSET = 1 };

struct bytes { char *p; size_t len, room; };

struct params { char **words; size_t count; bool slx_off, abort_on_error; uint32_t offer; };

/* The process and its three pipes; pid is guarded by the job's lock, as cancel() signals from another thread. */
struct child { pid_t pid; int in, out, err, status; bool reaped; };

struct session {
  struct job *job;
  struct session *next_session;
  char *command;
  struct params params;
  struct params also;     /* its words: further commands whose files it restores */
  enum kind kind;
  struct child child;
  bool dead, drained, ended, finished;
  uint32_t caps;
  /* reader */
  char *buf;
  size_t at, fill;
  char status;            /* of the packet last read */
  size_t left;            /* payload bytes of it still unread; only D and B packets are left unread */
  size_t record;          /* bytes of the body of the batch record last begun that are still unread, all of them in `left` */
  int record_type, record_flags;
  struct bytes text;      /* payload of the C or E packet last read, without its newline */
  struct bytes err_line;
  unsigned err_lines;
  /* backup */
  enum next next;
  bool next_in_batch, in_batch;   /* the item that was announced, and the one with the core, are records of a batch */
  enum phase phase;
  struct bytes coming;    /* name of the item that was announced while the one before is still with the core */
  struct bytes name, link, acl, xattr, object, scratch;
  struct bytes *metas;
  size_t meta_count, meta_room, xattr_given;
  bool acl_given, options_sent;
  struct stat st;
  int32_t type, link_index;
  uint64_t layout;
  char *pobj[8];
  uint64_t pobj_size;
  uint32_t pobj_count;
  int32_t pobj_status;
  int pipe_fd;
  int64_t position;
  bool listed_all, tally_seen, asks;   /* asks: whether FileSet rules were asked for */
  uint64_t items, data_bytes, tally_items, tally_bytes, deleted;
  int first_index;
  /* restore */
  bool objects_sent, data_open, core_does_it, taken, warned_meta;
  int64_t written;        /* position in the file that the backend is at */
  bool async, item_open, jump;    /* nothing is answered; an item has no END yet; a hole is in front of the next data */
  struct bytes gathered;  /* records that were not sent yet */
  uint64_t begun, oldest; /* numbers of the last item, and of the first one that was not reported */
  uint64_t unreported;    /* bytes of the records of items that were not reported */
  struct report *reports; /* of the items from `oldest` on, by their numbers */
};

struct report { uint64_t bytes; bool done; };

struct seen;
struct stored_object;

struct job {
  struct fd_ctx *ctx;
  atomic_bool cancelled;
  atomic_int wake;        /* eventfd, readable from the cancel on; -1 before the first session */
  pthread_mutex_t lock;
  struct session *sessions, *current;
  char level;
  int64_t since;
  int accurate;
  bool failed;
  /* An object was handed over in a backup, and since then AcceptFile took no name, which brings the options back. */
  bool options_dropped, options_warned;
  char *where, *regex_where;
  struct stored_object *objects;
  int object_file;
  int64_t object_end;
  struct params answers;  /* what the user filled in at restore: key=value words */
  struct seen *seen;
  struct bytes result;    /* of a console query */
};

extern struct fd_core *core;

/* message.c: texts to the job's log, split at line ends to the length that bacula-fd passes. */
void say(struct job *j, int type, const char *text);
void sayf(struct job *j, int type, const char *format, ...) __attribute__((format(printf, 3, 4)));
int fail(struct session *s, const char *format, ...) __attribute__((format(printf, 2, 3)));  /* always -1 */

/* temporary.c */
int temporary_file(struct job *j, const char **dir);          /* unlinked, in bacula-fd's working directory; -1 and errno */

/* bytes.c */
int bytes_room(struct bytes *b, size_t more);
int bytes_add(struct bytes *b, const void *p, size_t len);   /* keeps a NUL behind the end; -1 without memory */
int bytes_set(struct bytes *b, const char *text);
void bytes_free(struct bytes *b);

/* process.c */
int child_start(struct session *s);
void child_signal(struct session *s, int signal);
void child_close(struct session *s);                          /* pipes only */
void child_end(struct session *s, int linger_s);              /* waits, then TERM, then KILL; always reaped */
int limit_s(const char *variable, int otherwise);

/* packet.c: every function returns 0, or -1 when the session is dead. */
int packet_read(struct session *s);                           /* next packet that is no message */
int packet_take(struct session *s);                           /* next packet; 1 where it was a message, which is in the log then */
ssize_t packet_data(struct session *s, void *to, size_t room); /* bytes of the current D packet */
int packet_data_all(struct session *s, struct bytes *to);     /* appends the whole current D packet */
int packet_skip(struct session *s);
int64_t packet_deadline(void);                                /* when a backend that says nothing from now on is given up */
bool packet_late(int64_t deadline);
int packet_peek(struct session *s, size_t bytes);              /* makes payload bytes, fewer than BUFFER, lie at buf + at */
int packet_message_type(char status);                         /* 0 for what is no message */
int packet_waiting(struct session *s);                        /* 1 where the header of a packet is there, 0 where none is */
int packet_send(struct session *s, char status, const void *payload, size_t len);
int packet_send_two(struct session *s, char status, const void *head, size_t head_len, const void *tail, size_t len);
int command_send(struct session *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
int command_bytes(struct session *s, const char *key, const char *value);   /* "key" "value" "\n", any length */
int eod_send(struct session *s);
int eod_expect(struct session *s, const char *after);
int stderr_read(struct session *s);

/* command.c */
int params_parse(struct params *p, const char *command);
int params_add(struct params *p, const char *word);
const char *params_get(const struct params *p, const char *key);   /* the last one */
void params_free(struct params *p);
void caps_text(uint32_t caps, char *to, size_t room);
uint32_t caps_parse(const char *text);
int answers_parse(struct params *answers, const char *text, size_t len);

/* session.c */
struct session *session_open(struct job *j, const char *command, enum kind kind, const char *extra);
struct session *session_find(struct job *j, const char *command);
void session_end(struct session *s);                          /* END, T, wait */
void session_abort(struct session *s);                        /* end of file, wait, kill */
void session_free(struct session *s);

/* stat.c */
int stat_parse(struct session *s, const char *text, bool *by_path);
int times_parse(struct session *s, const char *text);
int stat_send(struct session *s, char letter, const struct stat *st, int32_t link_index);
int times_send(struct session *s, const struct stat *st);

/* backup.c */
fd_rc backup_start(struct session *s, struct fd_save *save);
fd_rc backup_end(struct session *s);
fd_rc backup_io(struct session *s, struct fd_io *io);
fd_rc backup_xacl(struct session *s, struct fd_xacl *x);

/* item.c: reads what a backend announces. */
int item_next(struct session *s);                             /* sets s->next */
int item_attributes(struct session *s);
int item_object(struct session *s);
int item_plugin_object(struct session *s);
int item_finish(struct session *s);                           /* whatever of the item is still unread */
int item_open(struct session *s);                             /* DATA or EOD */
void item_clear(struct session *s);
int item_gone(struct session *s, const char *name);
struct bytes *item_meta(struct session *s);                   /* room for one more block; NULL when the session is dead */

/* batch.c: the same from the records of B packets. */
int batch_next(struct session *s);                            /* one record between items; may set s->next */
int batch_attributes(struct session *s);
int batch_object(struct session *s);
ssize_t batch_read(struct session *s, void *to, size_t room);
int batch_finish(struct session *s);
int batch_report(struct session *s, uint64_t *number, int *code);   /* one record of a restore; number 0 for a message */

/* question.c: CHECK, CHECKGET, ACCEPT, FileIndex, X-ACCEPT. 1 when `text` was one of them. */
int question_answer(struct session *s, const char *text);
/* Signature, compression and so on are those of the name that the core was asked for last: asks for the item's own, where
 * the backend has asked for names, of which others came since. */
int question_options(struct session *s);

/* seen.c: KEEP and GONE of an accurate job. */
int seen_add(struct session *s, bool keep, const char *prefix);
bool seen_is(const struct job *j, const char *name);
void seen_free(struct job *j);

/* objects.c: restore objects between their arrival and the session that wants them. */
int objects_store(struct job *j, const struct fd_robj_pkt *pkt);
int objects_send(struct session *s);
void objects_free(struct job *j);

/* restore.c */
fd_rc restore_create(struct session *s, struct fd_restore *pkt);
fd_rc restore_io(struct session *s, struct fd_io *io);
fd_rc restore_xacl(struct session *s, const struct fd_xacl *x);
fd_rc restore_meta(struct session *s, const struct fd_meta *meta);
void restore_finish(struct session *s);
int restore_name(struct session *s, const struct fd_restore *p, char letter);   /* into s->name */

/* async.c: a restore that is not answered item by item. */
int async_start(struct session *s);
int async_item(struct session *s, const struct fd_restore *p, char letter, const char *target);
int async_data(struct session *s, const char *p, size_t len);
int async_block(struct session *s, enum record type, const char *p, size_t len);
int async_take(struct session *s);                            /* whatever reports are there; does not wait */
int async_finish(struct session *s);

/* What marks the first xattr records as our metadata; an xattr blob that starts like a mark gets the second one. */
#define META_MARK "SLX1META"
#define XATTR_MARK "SLX1XATT"
enum { MARK = 8 };
#endif
