/* SPDX-License-Identifier: AGPL-3.0-only
 *
 * The plugin interface of bacula-fd, version 23 (Bacula Community 15.0.x), in declarations of our own.
 * The binding is by position: names are ours, offsets and numbers are those of the interface, and every
 * offset is checked at compile time on x86-64.
 */
#ifndef STRIPELINE_ABI_H
#define STRIPELINE_ABI_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#define ABI_VERSION 23u
#define ABI_MAGIC   "*FDPluginData*"
#define ABI_LICENSE "AGPLv3"

typedef int32_t fd_rc;                 /* 32 bits wide */
enum { RC_OK, RC_STOP, RC_ERROR, RC_MORE, RC_TERM, RC_SEEN, RC_CORE, RC_SKIP, RC_CANCEL };
enum { CF_SKIP = 1, CF_ERROR, CF_EXTRACT, CF_CREATED, CF_CORE };
enum { IO_OPEN = 1, IO_READ, IO_WRITE, IO_CLOSE, IO_SEEK };
enum { XACL_ACL_BACKUP = 1, XACL_ACL_RESTORE, XACL_XATTR_BACKUP, XACL_XATTR_RESTORE };
enum { MSG_FATAL = 4, MSG_ERROR = 5, MSG_WARNING = 6, MSG_INFO = 7, MSG_SAVED = 8, MSG_NOT_SAVED = 9, MSG_SKIPPED = 10, MSG_MOUNT = 11, MSG_RESTORED = 14 };
enum { FT_LNKSAVED = 1, FT_REGE, FT_REG, FT_LNK, FT_DIREND, FT_SPEC, FT_DELETED = 23,
       FT_RESTORE_FIRST = 25, FT_PLUGIN_CONFIG = 27, FT_PLUGIN_CONFIG_FILLED = 28, FT_PLUGIN_OBJECT = 29 };
#define FLAG_SPARSE  (UINT64_C(1) << 5)
#define FLAG_DELTA   (UINT64_C(1) << 28)
#define FLAG_OFFSETS (UINT64_C(1) << 30)
enum {
  EV_JOB_START = 1, EV_JOB_END, EV_START_BACKUP, EV_END_BACKUP, EV_START_RESTORE, EV_END_RESTORE,
  EV_START_VERIFY, EV_END_VERIFY, EV_BACKUP_COMMAND, EV_RESTORE_COMMAND, EV_ESTIMATE_COMMAND,
  EV_LEVEL, EV_SINCE, EV_CANCEL, EV_RESTORE_OBJECT = 18, EV_END_FILESET, EV_PLUGIN_COMMAND,
  EV_OPTION_PLUGIN = 23, EV_HANDLE_BACKUP_FILE, EV_COMPONENT_INFO, EV_FEATURES, EV_VERIFY_STREAM,
  EV_PLUGIN_OPTIONS
};
enum {
  VAR_JOBID = 1, VAR_FD_NAME, VAR_LEVEL, VAR_TYPE, VAR_CLIENT, VAR_JOB_NAME, VAR_JOB_STATUS,
  VAR_SINCE_TIME, VAR_ACCURATE, VAR_FILE_SEEN, VAR_WORKING_DIR = 13, VAR_PLUGIN_DIR, VAR_WHERE,
  VAR_REGEX_WHERE, VAR_EXE_PATH, VAR_VERSION, VAR_DIST_NAME, VAR_PREV_JOB_NAME, VAR_PREFIX_LINKS,
  VAR_INTERACTIVE, VAR_FILE_INDEX, VAR_REPLACE, VAR_IS_CANCELED = 27, VAR_SYSCONF, VAR_ESTIMATE
};

struct fd_ctx { void *core; void *plugin; };
struct fd_event { uint32_t type; };
struct fd_info { uint32_t size, version; };
struct fd_plugin_info {
  uint32_t size, version;
  const char *magic, *license, *author, *date, *plugin_version, *description;
};
struct fd_restore_object { char *name, *data; int32_t len, index, compression; };
struct fd_plugin_object {
  char *path, *plugin_name, *category, *type, *name, *source, *uuid;
  uint64_t size; int32_t status; uint32_t count;
};
struct fd_save {
  int32_t pkt_size;
  char *fname, *snap_fname;
  int32_t plugin_mode;
  char *link;
  struct stat st;
  int32_t type;
  uint64_t flags;
  bool no_read, portable, accurate_found, do_dedup, stat_update;
  char *cmd;
  struct fd_restore_object robj;
  struct fd_plugin_object pobj;
  const void *plug_meta;
  uint32_t delta_seq;
  int32_t link_fi, pkt_end;
};
struct fd_restore {
  int32_t pkt_size, plugin_mode, stream, data_stream, type, file_index, link_fi;
  uid_t uid;
  struct stat st;
  const char *attr_ex, *ofname, *olname, *where, *regex_where;
  int replace, create_status;
  uint32_t delta_seq;
  int32_t pkt_end;
};
struct fd_io {
  int32_t pkt_size, func, count, flags;
  mode_t mode;
  char *buf;
  const char *fname;
  int32_t status, io_errno, lerror, whence;
  int64_t offset;
  bool win32;
  int32_t pkt_end;
};
struct fd_xacl { int32_t pkt_size, func, count; char *content; int32_t pkt_end; };
struct fd_robj_pkt {
  int32_t pkt_size;
  char *name, *data, *plugin_name;
  int32_t type, len, full_len, index, compression, stream;
  uint32_t jobid;
  int32_t pkt_end;
};
struct fd_accurate { char *fname; struct stat st; char *chksum; int32_t delta_seq; bool seen; };
struct fd_stream { int32_t pkt_size, stream, pkt_end; };
struct fd_query { int32_t pkt_size; char *parameter, *command, *api_opts, *result; int32_t pkt_end; };
struct fd_filelist {
  int32_t pkt_size, plugin_mode, file_index, link_fi;
  struct stat st;
  const char *attr_ex, *ofname;
  uint32_t delta_seq;
  const char *chksum;
  int32_t pkt_end;
};
struct fd_meta { bool is_private; uint32_t total_size; uint16_t total_count; int32_t type; uint16_t index; uint32_t len; void *buf; };
struct fd_core {                       /* calls into bacula-fd */
  uint32_t size, version;
  fd_rc (*register_events)(struct fd_ctx *, ...);
  fd_rc (*get_value)(struct fd_ctx *, int var, void *value);
  fd_rc (*set_value)(struct fd_ctx *, int var, void *value);
  fd_rc (*job_message)(struct fd_ctx *, const char *file, int line, int type, int64_t mtime, const char *fmt, ...);
  fd_rc (*debug_message)(struct fd_ctx *, const char *file, int line, int level, const char *fmt, ...);
  void *(*malloc_)(struct fd_ctx *, const char *file, int line, size_t size);
  void (*free_)(struct fd_ctx *, const char *file, int line, void *mem);
  fd_rc (*add_exclude)(struct fd_ctx *, const char *);
  fd_rc (*add_include)(struct fd_ctx *, const char *);
  fd_rc (*add_options)(struct fd_ctx *, const char *);
  fd_rc (*add_regex)(struct fd_ctx *, const char *, int);
  fd_rc (*add_wild)(struct fd_ctx *, const char *, int);
  fd_rc (*new_options)(struct fd_ctx *);
  fd_rc (*new_include)(struct fd_ctx *);
  fd_rc (*new_pre_include)(struct fd_ctx *);
  fd_rc (*check_changes)(struct fd_ctx *, struct fd_save *);
  fd_rc (*accept_file)(struct fd_ctx *, struct fd_save *);
  fd_rc (*get_accurate)(struct fd_ctx *, struct fd_accurate *);
  fd_rc (*add_plugin)(struct fd_ctx *, const char *);
  fd_rc (*add_file_event)(struct fd_ctx *, void *);
};
struct fd_plugin {                     /* calls into the plugin */
  uint32_t size, version;
  fd_rc (*new_plugin)(struct fd_ctx *);
  fd_rc (*free_plugin)(struct fd_ctx *);
  fd_rc (*get_value)(struct fd_ctx *, int, void *);
  fd_rc (*set_value)(struct fd_ctx *, int, void *);
  fd_rc (*event)(struct fd_ctx *, struct fd_event *, void *value);
  fd_rc (*start_backup_file)(struct fd_ctx *, struct fd_save *);
  fd_rc (*end_backup_file)(struct fd_ctx *);
  fd_rc (*start_restore_file)(struct fd_ctx *, const char *cmd);
  fd_rc (*end_restore_file)(struct fd_ctx *);
  fd_rc (*io)(struct fd_ctx *, struct fd_io *);
  fd_rc (*create_file)(struct fd_ctx *, struct fd_restore *);
  fd_rc (*set_attributes)(struct fd_ctx *, struct fd_restore *);
  fd_rc (*check_file)(struct fd_ctx *, char *fname);
  fd_rc (*xacl)(struct fd_ctx *, struct fd_xacl *);
  fd_rc (*restore_filelist)(struct fd_ctx *, struct fd_filelist *);
  fd_rc (*check_stream)(struct fd_ctx *, struct fd_stream *);
  fd_rc (*query)(struct fd_ctx *, struct fd_query *);
  fd_rc (*metadata_restore)(struct fd_ctx *, struct fd_meta *);
  fd_rc (*start_verify_file)(struct fd_ctx *, struct fd_restore *);
  fd_rc (*end_verify_file)(struct fd_ctx *);
};

/* struct stat, and with it the offsets behind it, differs on other architectures; the order does not. */
#if defined(__x86_64__)
#define AT(t, f, o) _Static_assert(offsetof(struct t, f) == (o), #t "." #f)
#define SZ(t, s)    _Static_assert(sizeof(struct t) == (s), #t)
SZ(stat, 144); SZ(fd_ctx, 16); SZ(fd_info, 8); SZ(fd_plugin_info, 56); SZ(fd_core, 168); SZ(fd_plugin, 168);
AT(fd_plugin_info, magic, 8); AT(fd_plugin_info, license, 16); AT(fd_plugin_info, description, 48);
SZ(fd_restore_object, 32); AT(fd_restore_object, len, 16); AT(fd_restore_object, compression, 24);
SZ(fd_plugin_object, 72); AT(fd_plugin_object, size, 56); AT(fd_plugin_object, count, 68);
SZ(fd_save, 344); AT(fd_save, fname, 8); AT(fd_save, snap_fname, 16); AT(fd_save, plugin_mode, 24);
AT(fd_save, link, 32); AT(fd_save, st, 40); AT(fd_save, type, 184); AT(fd_save, flags, 192);
AT(fd_save, no_read, 200); AT(fd_save, portable, 201); AT(fd_save, accurate_found, 202);
AT(fd_save, do_dedup, 203); AT(fd_save, stat_update, 204); AT(fd_save, cmd, 208); AT(fd_save, robj, 216);
AT(fd_save, pobj, 248); AT(fd_save, plug_meta, 320); AT(fd_save, delta_seq, 328); AT(fd_save, link_fi, 332);
AT(fd_save, pkt_end, 336);
SZ(fd_restore, 232); AT(fd_restore, stream, 8); AT(fd_restore, type, 16); AT(fd_restore, uid, 28);
AT(fd_restore, st, 32); AT(fd_restore, attr_ex, 176); AT(fd_restore, ofname, 184); AT(fd_restore, olname, 192);
AT(fd_restore, where, 200); AT(fd_restore, regex_where, 208); AT(fd_restore, replace, 216);
AT(fd_restore, create_status, 220); AT(fd_restore, delta_seq, 224); AT(fd_restore, pkt_end, 228);
SZ(fd_io, 72); AT(fd_io, mode, 16); AT(fd_io, buf, 24); AT(fd_io, fname, 32); AT(fd_io, status, 40);
AT(fd_io, io_errno, 44); AT(fd_io, whence, 52); AT(fd_io, offset, 56); AT(fd_io, win32, 64); AT(fd_io, pkt_end, 68);
SZ(fd_xacl, 32); AT(fd_xacl, content, 16); AT(fd_xacl, pkt_end, 24);
SZ(fd_robj_pkt, 64); AT(fd_robj_pkt, name, 8); AT(fd_robj_pkt, type, 32); AT(fd_robj_pkt, jobid, 56);
AT(fd_robj_pkt, pkt_end, 60);
SZ(fd_accurate, 168); AT(fd_accurate, st, 8); AT(fd_accurate, chksum, 152); AT(fd_accurate, seen, 164);
SZ(fd_meta, 32); AT(fd_meta, total_size, 4); AT(fd_meta, type, 12); AT(fd_meta, len, 20); AT(fd_meta, buf, 24);
SZ(fd_stream, 12); SZ(fd_query, 48); AT(fd_query, result, 32); SZ(fd_filelist, 200); AT(fd_filelist, chksum, 184);
AT(fd_core, job_message, 32); AT(fd_core, malloc_, 48); AT(fd_core, check_changes, 128); AT(fd_core, add_file_event, 160);
AT(fd_plugin, event, 40); AT(fd_plugin, io, 80); AT(fd_plugin, xacl, 112); AT(fd_plugin, end_verify_file, 160);
#undef AT
#undef SZ
#endif
#endif
