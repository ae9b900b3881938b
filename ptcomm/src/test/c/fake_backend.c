/* SPDX-License-Identifier: AGPL-3.0-only
 *
 * A backend that plays a scene, well-behaved or broken; the parameter `scene` names it. What the plugin sends in a
 * restore goes as text into the file of the parameter `log`.
 */
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static char payload[1000000 + 1], scene[64], type, caps[200], query[100], log_name[500];
static size_t length;
static bool listing, slow;
static FILE *log_file;

static void put(const void *p, size_t n) {
  for (const char *c = p; n;) {
    ssize_t k = write(1, c, slow ? 1 : n);
    if (k <= 0) exit(0);
    c += k;
    n -= (size_t)k;
  }
}

static void packet(char status, const void *p, size_t n) {
  static char whole[1000008 + 1];
  snprintf(whole, sizeof whole, "%c%06zu\n", status, n);
  memcpy(whole + 8, p, n);
  put(whole, n + 8);
}

static void text(char status, const char *format, ...) {
  static char line[300000];
  va_list args;
  va_start(args, format);
  int n = vsnprintf(line, sizeof line, format, args);
  va_end(args);
  packet(status, line, (size_t)n);
}
#define C(...) text('C', __VA_ARGS__)
static void eod(void) { packet('F', "", 0); }

static void bytes(char *to, size_t n) {
  while (n) {
    ssize_t k = read(0, to, n);
    if (k <= 0) exit(0);
    to += k;
    n -= (size_t)k;
  }
}

static char receive(void) {
  char h[9] = {0};
  bytes(h, 8);
  length = (size_t)atoi(h + 1);
  bytes(payload, length);
  payload[length] = 0;
  if (h[0] == 'C' && length && payload[length - 1] == '\n') payload[length - 1] = 0;
  return h[0];
}

static bool is(const char *s) { return !strcmp(scene, s); }
static bool cap(const char *s) { return strstr(caps, s) != NULL; }

static void file(const char *name, const char *stat) {
  C("FNAME:%s\n", name);
  C(*caps ? "STAT:%s\n" : "STAT:%s \r\n", stat);
  C("TSTAMP:1700000000 1700000001 1700000002\n");
}

static void blob(const char *what, const char *data) {
  C("%s\n", what);
  packet('D', data, strlen(data));
  eod();
}

static void simple(const char *name, const char *data) {
  file(name, "F 5 10 4294967294 100644 1");
  eod();
  C("DATA\n");
  packet('D', data, strlen(data));
  eod();
}

static int items;
static long total;

/* The data comes through a fifo that the plugin opens. */
static void piped(void) {
  char path[600];
  snprintf(path, sizeof path, "%s.pipe", log_name);
  unlink(path);
  if (mkfifo(path, 0600)) exit(8);
  file("/data/piped", "F 5 0 0 100644 1");
  C("PIPE:%s\n", path);
  receive();
  eod();
  C("DATA\n");
  if (is("pipe-exit")) exit(0);
  if (is("hang-pipe")) pause();
  int fd = open(path, O_WRONLY);
  if (write(fd, "hello", 5) != 5) exit(8);
  close(fd);
  simple("/data/after", "12345");
  items = 2;
  total = 10;
}

static void good_tree(void) {
  static char big[983040];
  memset(big, 'x', sizeof big);
  C("RESTOREOBJ:layout.0\n");
  C("RESTOREOBJ_LEN:200000\n");
  packet('D', big, 150000);
  packet('D', big, 50000);
  eod();
  C("PLUGINOBJ:/@stripeline/objects/one\n");
  C("PLUGINOBJ_CAT:Filesystem\n");
  C("PLUGINOBJ_SIZE:1024kB\n");
  C("PLUGINOBJ_STATUS:OK\n");
  eod();
  text('I', "hello from\nthe backend, 100%% good\n");
  file("/data/first", "F 5 10 4294967294 100644 2");
  if (cap("meta")) { blob("METADATA_STREAM", "meta one"); blob("METADATA_STREAM", "meta two"); C("X-LAYOUT:00c0ffee00c0ffee\n"); }
  text('W', "in the attributes");
  eod();
  C("DATA\n");
  packet('D', "hello", 5);
  text('S', "between data");
  packet('D', big, sizeof big);
  eod();
  blob("ACL", "acl of first");
  blob("XATTR", "SLX1META is how this one starts");
  C("FileIndex\n");
  receive();
  char link[100];
  snprintf(link, sizeof link, "L 5 10 10 100644 2 %.20s", payload);
  file("/data/second", link);
  C("LSTAT:/data/first\n");
  eod();
  eod();
  blob("XATTR", "link blob");
  file("/data/sym", "S 9 0 0 120777 1");
  C("LSTAT:../README\n");
  eod();
  eod();
  file("/data/empty\nwith newline", "E 0 0 0 100600 1");
  eod();
  eod();
  file("/data/fifo", "F 0 0 0 010644 1");
  eod();
  eod();
  file("/data/holes", "F 10000001 0 0 100644 1");
  eod();
  C("DATA\n");
  packet('D', "start", 5);
  if (cap("holes")) C("X-SEEK:10000000\n");
  packet('D', "e", 1);
  eod();
  file("/data/", "D 4096 0 0 040755 2");
  eod();
  eod();
  blob("ACL", "acl of dir");
  items = 9;
  total = 5 + (long)sizeof big + 6;
}

static void question(const char *what) {
  C("%s", what);
  if (strncmp(what, "CHECKGET", 8)) { C("STAT:F 5 1 1 100644 1\n"); C("TSTAMP:1 2 3\n"); }
  receive();
  text('I', "answer %s", payload);
}

static void accurate_tree(void) {
  question("CHECK:/data/same\n");
  question("CHECK:/data/changed\n");
  question("CHECKGET:/data/same\n");
  if (!strncmp(payload, "STAT:", 5)) { receive(); text('I', "answer %s", payload); }
  question("CHECKGET:/data/unknown\n");
  question("ACCEPT:/data/excluded\n");
  question("ACCEPT:/data/included\n");
  if (cap("accept")) {
    C("X-ACCEPT\n");
    static const char names[] = "40755 /data/excluded/\000100644 /data/a\000100644 /data/excluded";
    packet('D', names, sizeof names);
    receive();
    text('I', "accept %.*s", (int)length, payload);
  }
  if (cap("seen")) {
    C("KEEP:/kept/\n");
    for (int i = 0; i < 5000; i++) C("KEEP:/many/%d/\n", i);
    C("GONE:/kept/dir/\n");
    C("GONE:/kept/file\n");
  }
  simple("/data/changed", "12345");
  items = 1;
  total = 5;
}

/* ---- batches: records are gathered, and sent as one packet by flush() */

static unsigned char gathered[1000000];
static size_t batch_len;

static void flush(void) { if (batch_len) packet('B', gathered, batch_len); batch_len = 0; }
static void raw(const void *p, size_t n) { memcpy(gathered + batch_len, p, n); batch_len += n; }
static void number(unsigned long long v, int n) { while (n--) gathered[batch_len++] = (unsigned char)(v >> 8 * n); }
static void record_head(int type, int flags, int lane, size_t n) { number((unsigned)type, 1); number((unsigned)flags, 1); number((unsigned)lane, 2); number(n, 4); }
static void record(int type, const void *p, size_t n) { record_head(type, 0, 0, n); raw(p, n); }
static void record_text(int type, const char *p) { record(type, p, strlen(p)); }
static void end_item(void) { record(6, "", 1); }

static void item_of(unsigned number_, char kind, unsigned mode, unsigned nlink, unsigned long long size, unsigned long long rdev, unsigned first, const char *name,
                    const char *target) {
  record_head(1, 0, 0, 128 + strlen(name) + strlen(target));
  number(number_, 8); number((unsigned char)kind, 1); number(0, 3);
  number(mode, 4); number(10, 4); number(4294967294u, 4); number(nlink, 4); number(0, 4);
  number(size, 8); number(77, 8); number(88, 8); number(rdev, 8);
  number(1700000001, 8); number(999999999, 4); number(1700000000, 8); number(0, 4); number(1700000002, 8); number(5, 4); number(0, 12);
  number(first, 8); number(strlen(name), 4); number(strlen(target), 4);
  raw(name, strlen(name)); raw(target, strlen(target));
}

static void data_at(unsigned long long offset, const void *p, size_t n) { record_head(3, 1, 0, n + 8); number(offset, 8); raw(p, n); }

/* What good_tree() is, in batches; items cross packets, commands come between items. */
static void batch_tree(void) {
  static char big[983040];
  memset(big, 'x', sizeof big);
  record_head(7, 0, 0, 2 + 8 + 200000); number(8, 2); raw("layout.0", 8); raw(big, 200000);
  flush();
  C("PLUGINOBJ:/@stripeline/objects/one\n");
  C("PLUGINOBJ_STATUS:OK\n");
  eod();
  record_text(9, "Ihello from\nthe backend, 100% good\n");
  item_of(3, 'F', 0100644, 2, 5, 0x00c0ffee00c0ffee, 0, "/data/first", "");
  record_text(2, "meta one");
  flush();
  record_text(2, "meta two");
  record_text(9, "Win the attributes");
  record_text(3, "hello");
  flush();
  text('S', "between data");
  record(3, big, sizeof big);
  flush();
  record_text(4, "acl of first");
  record_text(5, "SLX1META is how this one starts");
  end_item();
  item_of(4, 'F', 0100644, 1, 5, 0, 0, "/data/dropped", "");
  record_text(3, "never");
  record(6, "\2cannot be read", 15);
  item_of(4, 'L', 0100644, 2, 5, 0, 3, "/data/second", "/data/first");
  record_text(5, "link blob");
  end_item();
  flush();
  C("FileIndex\n");
  receive();
  item_of(5, 'S', 0120777, 1, 9, 0, 0, "/data/sym", "../README");
  end_item();
  item_of(6, 'E', 0100600, 1, 0, 0, 0, "/data/empty\nwith newline", "");
  end_item();
  item_of(7, 'P', 0010644, 1, 0, 0, 0, "/data/fifo", "");
  end_item();
  item_of(8, 'F', 0100644, 1, 10000001, 0, 0, "/data/holes", "");
  record_text(3, "start");
  data_at(10000000, "e", 1);
  end_item();
  item_of(9, 'D', 0040755, 2, 4096, 0, 0, "/data/", "");
  record_text(4, "acl of dir");
  end_item();
  flush();
  items = 9;
  total = 5 + (long)sizeof big + 6;
}

static void batch_item(void) { item_of(1, 'F', 0100644, 1, 5, 0, 0, "/a", ""); }

/* Batches that break one rule each. */
static bool broken_batch(void) {
  static char big[999990];
  size_t at = batch_len;
  if (strncmp(scene, "batch-", 6)) return false;
  const char *what = scene + 6;
#define IS(name) (!strcmp(what, name))
  if (IS("empty")) put("B000000\n", 8);
  else if (IS("torn-header")) { record_text(9, "Ix"); number(1, 1); }
  else if (IS("long-body")) { record_head(9, 0, 0, 100); raw("Ix", 2); }
  else if (IS("huge-body")) { record_head(1, 0, 0, 0xffffffffu); raw(big, 200); }
  else if (IS("across")) { record_head(3, 0, 0, 20); raw("ab", 2); flush(); raw("cd", 2); }
  else if (IS("type-0")) record_text(0, "x");
  else if (IS("type-10")) record_text(10, "x");
  else if (IS("type-255")) record_text(255, "x");
  else if (IS("flags")) { record_head(9, 1, 0, 2); raw("Ix", 2); }
  else if (IS("lane")) { record_head(9, 0, 1, 2); raw("Ix", 2); }
  else if (IS("letter")) record_text(9, "Ax");
  else if (IS("message-empty")) record_head(9, 0, 0, 0);
  else if (IS("message-nul")) record(9, "Ia\0b", 4);
  else if (IS("data-first")) record_text(3, "x");
  else if (IS("end-first")) end_item();
  else if (IS("meta-first")) record_text(2, "x");
  else if (IS("item-short")) record(1, big, 127);
  else if (IS("item-number")) { item_of(2, 'F', 0100644, 1, 5, 0, 0, "/a", ""); end_item(); }
  else if (IS("item-kind")) { item_of(1, 'Q', 0100644, 1, 5, 0, 0, "/a", ""); end_item(); }
  else if (IS("item-mode")) { item_of(1, 'D', 0100644, 1, 5, 0, 0, "/a/", ""); end_item(); }
  else if (IS("item-slash")) { item_of(1, 'D', 040755, 1, 5, 0, 0, "/a", ""); end_item(); }
  else if (IS("item-size")) { item_of(1, 'F', 0100644, 1, 1ull << 63, 0, 0, "/a", ""); end_item(); }
  else if (IS("item-no-name")) { item_of(1, 'F', 0100644, 1, 5, 0, 0, "", ""); end_item(); }
  else if (IS("item-no-target")) { item_of(1, 'S', 0120777, 1, 5, 0, 0, "/a", ""); end_item(); }
  else if (IS("item-first")) { item_of(1, 'L', 0100644, 2, 5, 0, 1, "/a", "/b"); end_item(); }
  else if (IS("item-not-link")) { item_of(1, 'F', 0100644, 2, 5, 0, 1, "/a", ""); end_item(); }
  else if (IS("item-zeros")) { batch_item(); gathered[at + 8 + 9] = 1; end_item(); }
  else if (IS("item-nanos")) { batch_item(); memset(gathered + at + 8 + 84, 0xff, 4); end_item(); }
  else if (IS("item-name-length")) { batch_item(); gathered[at + 8 + 123] = 3; end_item(); }
  else if (IS("item-name-huge")) { batch_item(); memset(gathered + at + 8 + 120, 0xff, 8); end_item(); }
  else if (IS("item-nul")) { batch_item(); gathered[at + 8 + 129] = 0; end_item(); }
  else if (IS("item-in-item")) { batch_item(); batch_item(); end_item(); }
  else if (IS("command-in-item")) { batch_item(); flush(); C("FileIndex\n"); }
  else if (IS("eod-in-item")) { batch_item(); flush(); }
  else if (IS("gone-in-item")) { batch_item(); record_text(8, "/b"); }
  else if (IS("data-empty")) { batch_item(); record_head(3, 0, 0, 0); end_item(); }
  else if (IS("data-offset-short")) { batch_item(); record_head(3, 1, 0, 7); raw(big, 7); end_item(); }
  else if (IS("data-offset-only")) { batch_item(); data_at(5, "", 0); end_item(); }
  else if (IS("data-offset-beyond")) { batch_item(); data_at(1ull << 63, "x", 1); end_item(); }
  else if (IS("two-acl")) { batch_item(); record_text(4, "x"); record_text(4, "y"); end_item(); }
  else if (IS("xattr-empty")) { batch_item(); record_head(5, 0, 0, 0); end_item(); }
  else if (IS("xattr-long")) { batch_item(); flush(); record(5, big, 999001); flush(); end_item(); }
  else if (IS("many-metas")) { batch_item(); for (int i = 0; i < 65; i++) record_text(2, "m"); end_item(); }
  else if (IS("end-empty")) { batch_item(); record_head(6, 0, 0, 0); }
  else if (IS("end-status")) { batch_item(); record(6, "\3", 1); }
  else if (IS("late-drop")) { batch_item(); flush(); record(6, "\2", 1); }
  else if (IS("far-drop")) { batch_item(); record(3, big, 70000); record(6, "\2", 1); }
  else if (IS("object-no-name")) { record_head(7, 0, 0, 10); number(0, 2); raw("12345678", 8); }
  else if (IS("object-short")) { record_head(7, 0, 0, 4); number(1, 2); raw("ab", 2); }
  else if (IS("object-long")) { record_head(7, 0, 0, 3 + 900001); number(1, 2); raw("a", 1); raw(big, 900001); }
  else if (IS("object-name-long")) { record_head(7, 0, 0, 10); number(20, 2); raw("12345678", 8); }
  else if (IS("exit")) { batch_item(); record_text(3, "12345"); flush(); exit(0); }
  else if (IS("exit-in-record")) { put("B000100\n\6", 9); exit(0); }
  else if (IS("unasked")) batch_item();
  else if (IS("holes-unasked")) { batch_item(); data_at(5, "x", 1); end_item(); }
  else if (IS("meta-unasked")) { batch_item(); record_text(2, "x"); end_item(); }
  else if (IS("layout-unasked")) { item_of(1, 'F', 0100644, 1, 5, 9, 0, "/a", ""); end_item(); }
  else if (IS("gone-unasked")) record_text(8, "/b");
  else if (IS("tally")) { batch_item(); record_text(3, "12345"); end_item(); flush(); C("TALLY:1 4\n"); }
  else return false;
  flush();
  eod();
  return true;
}

/* Every scene from here on breaks one rule; the plugin must fail the job. */
static bool broken(void) {
  if (is("bad-header")) put("C00x005\nhello", 13);
  else if (is("no-newline")) put("C000005 hello", 13);
  else if (is("unknown-status")) text('Z', "what");
  else if (is("lower-case")) put("c000003\nab\n", 11);
  else if (is("terminate")) put("T000000\n", 8);
  else if (is("eod-with-payload")) put("F000004\nabcd", 12);
  else if (is("empty-command")) put("C000000\n", 8);
  else if (is("nul")) packet('C', "FNAME:/a\0b\n", 11);
  else if (is("unknown-command")) C("HELP\n");
  else if (is("data-between")) packet('D', "x", 1);
  else if (is("error-between")) text('E', "lost");
  else if (is("abort")) text('A', "cannot go on");
  else if (is("exit")) { simple("/data/a", "12345"); exit(0); }
  else if (is("no-name")) file("", "F 1 0 0 100644 1");
  else if (is("bad-stat")) { file("/a", "F 1 0"); eod(); eod(); }
  else if (is("bad-type")) { file("/a", "Q 1 0 0 100644 1"); eod(); eod(); }
  else if (is("no-stat")) { C("FNAME:/a\n"); eod(); eod(); }
  else if (is("no-lstat")) { file("/a", "S 1 0 0 120777 1"); eod(); eod(); }
  else if (is("no-index")) { file("/a", "L 1 0 0 100644 2"); eod(); eod(); }
  else if (is("no-slash")) { file("/a", "D 1 0 0 040755 2"); eod(); eod(); }
  else if (is("unknown-attribute")) { file("/a", "F 1 0 0 100644 1"); C("COLOUR:red\n"); eod(); eod(); }
  else if (is("wrong-word")) { file("/a", "F 1 0 0 100644 1"); eod(); C("DATEN\n"); packet('D', "x", 1); eod(); }
  else if (is("empty-data")) { file("/a", "F 1 0 0 100644 1"); eod(); C("DATA\n"); put("D000000\n", 8); eod(); }
  else if (is("command-in-data")) { file("/a", "F 1 0 0 100644 1"); eod(); C("DATA\n"); C("FNAME:/b\n"); eod(); }
  else if (is("error-in-data")) { file("/a", "F 1 0 0 100644 1"); eod(); C("DATA\n"); text('E', "io"); eod(); }
  else if (is("exit-in-data")) { file("/a", "F 9 0 0 100644 1"); eod(); C("DATA\n"); put("D000009\nabc", 11); exit(3); }
  else if (is("two-acl-packets")) { simple("/a", "x"); C("ACL\n"); packet('D', "a", 1); packet('D', "b", 1); eod(); }
  else if (is("no-acl-packet")) { simple("/a", "x"); C("ACL\n"); eod(); }
  else if (is("acl-first")) blob("ACL", "of nothing");
  else if (is("object-short")) { C("RESTOREOBJ:o\n"); C("RESTOREOBJ_LEN:9\n"); packet('D', "abc", 3); eod(); }
  else if (is("object-long")) { C("RESTOREOBJ:o\n"); C("RESTOREOBJ_LEN:2\n"); packet('D', "abc", 3); eod(); }
  else if (is("object-empty")) { C("RESTOREOBJ:o\n"); C("RESTOREOBJ_LEN:0\n"); eod(); }
  else if (is("object-status")) { C("PLUGINOBJ:/o\n"); C("PLUGINOBJ_STATUS:FINE\n"); eod(); }
  else if (is("seek-unasked")) { file("/a", "F 1 0 0 100644 1"); eod(); C("DATA\n"); C("X-SEEK:7\n"); packet('D', "x", 1); eod(); }
  else if (is("pipe-exit") || is("hang-pipe")) piped();
  else if (is("hang")) pause();
  else if (is("hang-in-packet")) { put("C000100\nabc", 11); pause(); }
  else if (is("tally-missing")) { simple("/a", "12345"); eod(); return true; }
  else if (is("tally-wrong")) { simple("/a", "12345"); C("TALLY:2 5\n"); eod(); return true; }
  else if (is("tally-bytes")) { simple("/a", "12345"); C("TALLY:1 6\n"); eod(); return true; }
  else return false;
  eod();
  return true;
}

static void on_usr1(int sig) { (void)sig; _exit(0); }

static void endless_batch(void) {
  static char big[65536];
  batch_item();
  for (;;) { record(3, big, sizeof big); flush(); }
}

static void endless(void) {
  static char big[65536];
  file("/data/endless", "F 1 0 0 100644 1");
  eod();
  C("DATA\n");
  for (;;) packet('D', big, sizeof big);
}

static void backup(void) {
  if (broken() || broken_batch()) return;
  if (is("cancel")) { signal(SIGUSR1, on_usr1); endless(); }
  if (is("cancel-batch")) { signal(SIGUSR1, on_usr1); endless_batch(); }
  if (is("cancel-ignored")) { signal(SIGUSR1, SIG_IGN); signal(SIGTERM, SIG_IGN); endless(); }
  if (is("cancel-waiting")) { signal(SIGUSR1, on_usr1); text('I', "waiting"); pause(); }
  if (is("stderr")) for (int i = 0; i < 3000; i++) (void)!write(2, "some noise on stderr, which is only text\n", 41);
  if (is("stderr-closed")) close(2);
  if (is("long-message")) { static char m[6000]; memset(m, 'm', sizeof m - 1); for (int i = 60; i < 5900; i += 60) m[i] = '\n'; text('Q', "%s", m); }
  if (is("gone")) { C("GONE:/data/old\n"); C("GONE:/data/dir/\n"); simple("/data/a", "12345"); items = 1; total = 5; }
  else if (is("gone-batch")) { record_text(8, "/data/old"); record_text(8, "/data/dir/"); item_of(3, 'F', 0100644, 1, 5, 0, 0, "/data/a", ""); record_text(3, "12345"); end_item(); flush(); items = 1; total = 5; }
  else if (is("batch") || is("slow-batch")) batch_tree();
  else if (is("batch-error")) {
    item_of(1, 'F', 0100644, 1, 4, 0, 0, "/data/bad", ""); record_text(3, "xxxx"); record(6, "\1read error in the middle of bad", 32);
    item_of(2, 'F', 0100644, 1, 4, 0, 0, "/data/bad2", ""); record_text(9, "Qcannot open bad2"); end_item(); flush();
    items = 2; total = 4;
  }
  else if (is("accurate")) accurate_tree();
  else if (is("pipe")) piped();
  else if (is("plain") || is("asks") || is("asks-in-vain") || is("object-last")) {
    if (is("asks")) question("ACCEPT:/data/plain\n");
    if (is("asks-in-vain")) question("ACCEPT:/data/excluded\n");
    simple("/data/plain", "12345");
    if (is("object-last")) { C("RESTOREOBJ:layout.0\n"); C("RESTOREOBJ_LEN:2\n"); packet('D', "ab", 2); eod(); }
    items = is("object-last") ? 2 : 1;
    total = 5;
  }
  else if (is("file-error")) {
    file("/data/bad", "F 4 0 0 100644 1"); eod(); C("DATA\n"); packet('D', "xxxx", 4); text('Q', "read error in the middle of bad"); eod();
    file("/data/bad2", "F 4 0 0 100644 1"); eod(); text('Q', "cannot open bad2"); eod();
    items = 2; total = 4;
  } else good_tree();
  if (cap("tally")) C("TALLY:%d %ld\n", items, total);
  eod();
}

static void estimate(void) {
  file("/data/a", "F 5 0 0 100644 1"); eod();
  C("RESTOREOBJ:o\n"); C("RESTOREOBJ_LEN:2\n"); packet('D', "ab", 2); eod();
  file(listing ? "dir/" : "/data/dir/", "D 4096 0 0 040755 2"); eod();
  eod();
}

/* ---- restores without answers: items are reported as the scene says */

static unsigned long long items_ended, items_reported;
static size_t bytes_unreported;

static void result(unsigned long long item, int code, const char *why) {
  record_head(10, 0, 0, 9 + strlen(why)); number(item, 8); number((unsigned)code, 1); raw(why, strlen(why));
}

static void report_all(int code, const char *why) {
  while (items_reported < items_ended) result(++items_reported, code, why);
  bytes_unreported = 0;
  flush();
}

static unsigned long long big_endian(const char *p, int n) {
  unsigned long long v = 0;
  while (n--) v = v << 8 | (unsigned char)*p++;
  return v;
}

static void log_record(int kind, int flags, const char *p, size_t n) {
  static const char *const NAMES[] = {"?", "ITEM", "META", "DATA", "ACL", "XATTR", "END"};
  if (!log_file) return;
  if (kind == 1)
    fprintf(log_file, "ITEM %llu %c mode=%llo uid=%llu gid=%llu nlink=%llu size=%llu rdev=%llx mtime=%llu first=%llu %.*s>%.*s\n", big_endian(p, 8), p[8],
            big_endian(p + 12, 4), big_endian(p + 16, 4), big_endian(p + 20, 4), big_endian(p + 24, 4), big_endian(p + 32, 8), big_endian(p + 56, 8),
            big_endian(p + 64, 8), big_endian(p + 112, 8), (int)big_endian(p + 120, 4), p + 128, (int)big_endian(p + 124, 4),
            p + 128 + big_endian(p + 120, 4));
  else if (flags) fprintf(log_file, "DATA@%llu %zu %.*s\n", big_endian(p, 8), n - 8, n < 48 ? (int)n - 8 : 40, p + 8);
  else fprintf(log_file, "%s %zu %.*s\n", kind < 7 ? NAMES[kind] : "?", n, n < 40 ? (int)n : 40, p);
  fflush(log_file);
}

/* What one packet holds; records end in it. */
static void take_batch(void) {
  static char whole[1000000];
  size_t n = length;
  memcpy(whole, payload, n);
  bytes_unreported += n;
  for (size_t at = 0; at < n;) {
    size_t len = big_endian(whole + at + 4, 4);
    if (n - at < 8 || at + 8 + len > n) exit(8);
    log_record(whole[at], whole[at + 1], whole + at + 8, len);
    if (whole[at] == 6) items_ended++;
    at += 8 + len;
  }
}

static void take_items(void) {
  take_batch();
  if (is("async-failed")) { report_all(2, "target is read-only"); return; }
  if (is("async-silent-failure")) { report_all(2, ""); return; }
  if (is("async-skipped")) { report_all(1, ""); return; }
  if (is("async-abort")) { report_all(3, "target is full"); return; }
  if (is("async-code")) { report_all(4, ""); return; }
  if (is("async-unknown")) { result(items_ended + 1, 0, ""); flush(); }
  if (is("async-zero")) { record_head(10, 0, 0, 9); number(0, 9); flush(); }
  if (is("async-far")) { result(1ull << 40, 0, ""); flush(); }
  if (is("async-twice") && items_ended) { result(1, 0, ""); result(1, 0, ""); flush(); }
  if (is("async-short")) { record_head(10, 0, 0, 8); number(1, 8); flush(); }
  if (is("async-record")) { record(6, "", 1); flush(); }
  if (is("async-command")) C("OK\n");
  if (is("async-error")) text('E', "cannot go on");
  if (is("async-exit")) exit(1);
  static bool chatted;
  if (is("async-chatty") && !chatted) { chatted = true; for (int i = 0; i < 30; i++) text('I', "chat %060000d", i); record_text(9, "Wfrom a batch"); }
  if (is("async-limit") && items_ended - items_reported > 4096) exit(7);
  if (is("async-limit") && items_ended - items_reported < 4096) return;
  if (is("async-bytes") && bytes_unreported > (65u << 20)) exit(7);
  if (is("async-bytes") && bytes_unreported < (60u << 20)) return;
  if (is("async-message")) { text('I', "so far %llu", items_ended); return; }
  if (!is("async-late") && !is("async-missing")) report_all(0, "");
}

/* The plugin has said FINISH. */
static void report_rest(void) {
  if (is("async-missing")) { items_reported++; report_all(0, ""); }
  for (unsigned long long i = items_ended; i > items_reported; i--) result(i, 0, "");
  flush();
}

static void restore(void) {
  char last[100] = "", names = 0;
  for (char st; (st = receive());) {
    if (st == 'B') { take_items(); continue; }
    if (st == 'C' && !strcmp(payload, "FINISH") && cap("async")) report_rest();
    if (log_file) {
      if (st == 'D') fprintf(log_file, "D %zu %.40s\n", length, payload);
      else fprintf(log_file, "%c %s\n", st, payload);
      fflush(log_file);
    }
    if (is("restore-chatty")) for (int i = 0; i < 20; i++) text('I', "chat %0500d", i);
    if (st == 'C' && !strcmp(payload, "FINISH")) { if (is("finish-error")) text('Q', "could not set times"); eod(); continue; }
    if (st == 'C' && !strcmp(payload, "END")) { eod(); continue; }
    if (st == 'T') break;
    if (st == 'C' && (!strncmp(payload, "FNAME:", 6) || !strncmp(payload, "RESTOREOBJ:", 11) || !strcmp(payload, "DATA")
                      || !strcmp(payload, "ACL") || !strcmp(payload, "XATTR") || !strncmp(payload, "METADATA_STREAM", 15)))
      snprintf(last, sizeof last, "%.90s", payload);
    if (st != 'F') continue;
    if (!strncmp(last, "FNAME:", 6)) names++;
    if (is("restore-abort") && names == 2) { text('A', "target is full"); continue; }
    if (is("restore-error") && !strcmp(last, "DATA")) { text('E', "write failed"); continue; }
    if (is("restore-garbage") && names == 2) { C("MAYBE\n"); continue; }
    if (is("restore-exit") && !strcmp(last, "DATA")) exit(1);
    C(is("restore-skip") && strstr(last, "first") ? "SKIP\n" : "OK\n");
  }
}

int main(void) {
  char st;
  receive();
  if (getenv("FAKE_SCENE")) snprintf(scene, sizeof scene, "%s", getenv("FAKE_SCENE"));
  C(is("wrong-hello") ? "Hello World\n" : "Hello Bacula\n");
  while ((st = receive()) != 'F') {
    if (!strncmp(payload, "Type=", 5)) type = payload[5];
  }
  if (is("refuse-job")) text('E', "no such job"); else eod();
  char all[5000] = "";
  while ((st = receive()) != 'F') {
    snprintf(all + strlen(all), sizeof all - strlen(all), "%.400s;", payload);
    if (!strncmp(payload, "scene=", 6)) snprintf(scene, sizeof scene, "%.60s", payload + 6);
    if (!strncmp(payload, "log=", 4)) { snprintf(log_name, sizeof log_name, "%.400s", payload + 4); if (!(log_file = fopen(log_name, "w"))) return 9; }
    if (!strncmp(payload, "query=", 6)) snprintf(query, sizeof query, "%.90s", payload + 6);
    if (!strncmp(payload, "listing=", 8)) listing = true;
    if (!strncmp(payload, "X-SLX=1", 7)) snprintf(caps, sizeof caps, "%.190s", payload + 7);
  }
  if (getenv("FAKE_SCENE")) snprintf(scene, sizeof scene, "%s", getenv("FAKE_SCENE"));
  slow = !strncmp(scene, "slow", 4);
  char *async = strstr(caps, " async");
  if (async && strncmp(scene, "async", 5)) memmove(async, async + 6, strlen(async + 6) + 1);
  if (is("async-alone")) strcpy(caps, " async meta");
  if (is("stock")) *caps = 0;
  if (is("tally-missing") || is("tally-wrong") || is("tally-bytes")) strcpy(caps, " tally");
  else if (is("seek-unasked") || is("batch-unasked")) *caps = 0;
  else if (strstr(scene, "-unasked")) strcpy(caps, " batch");
  text('I', "params %s", all);
  if (*caps) C("X-SLX=1%s unknown\n", caps);
  eod();
  receive();
  if (is("refuse-start")) { text('A', "cannot start"); while (receive()) {} }
  eod();
  if (type == 'R') { restore(); while (receive()) {} }
  if (!strcmp(payload, "QueryStart")) { C("id=1,name=one\n"); C("id=2\n"); packet('D', "{json}", 6); eod(); }
  else if (type == 'E') estimate();
  else backup();
  while ((st = receive()) != 'T') if (!strcmp(payload, "END")) eod();
  if (is("linger")) { signal(SIGUSR1, SIG_IGN); for (;;) pause(); }
  if (is("linger-hard")) { signal(SIGTERM, SIG_IGN); for (;;) pause(); }
  if (is("status")) { while (read(0, payload, 1) > 0) {} return 3; }
  while (read(0, payload, 1) > 0) {}
  return 0;
}
