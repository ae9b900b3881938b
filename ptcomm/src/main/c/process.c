/* SPDX-License-Identifier: AGPL-3.0-only
 *
 * The backend process: started with three pipes and nothing else of bacula-fd's, ended within limits.
 * Its stderr is a pipe that never blocks it: what does not fit is lost, which is better than a backend that hangs.
 */
#include "shim.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef STRIPELINE_BACKEND_PATH
#define STRIPELINE_BACKEND_PATH "/usr/bin/stripeline-backend"
#endif

extern char **environ;

int limit_s(const char *variable, int otherwise) {
  const char *text = getenv(variable);
  int n = text ? atoi(text) : 0;
  return n > 0 ? n : otherwise;
}

/* A pipe whose ends are above stderr, so that the child's dup2 never meets them. */
static int high_pipe(int fd[2]) {
  if (pipe2(fd, O_CLOEXEC)) return -1;
  for (int i = 0; i < 2; i++) {
    if (fd[i] > 2) continue;
    int high = fcntl(fd[i], F_DUPFD_CLOEXEC, 3);
    close(fd[i]);
    fd[i] = high;
    if (high < 0) { close(fd[1 - i]); return -1; }
  }
  return 0;
}

static char **environment(int job_id, char *entry, size_t room) {
  size_t n = 0, k = 0;
  while (environ && environ[n]) n++;
  char **env = calloc(n + 2, sizeof *env);
  if (!env) return NULL;
  for (size_t i = 0; i < n; i++) if (strncmp(environ[i], "BACULA_JOBID=", 13)) env[k++] = environ[i];
  snprintf(entry, room, "BACULA_JOBID=%d", job_id);
  env[k] = entry;
  return env;
}

static int spawn(pid_t *pid, const char *path, int in, int out, int err, int job_id) {
  char entry[40], *argv[] = {(char *)path, NULL};
  char **env = environment(job_id, entry, sizeof entry);
  if (!env) return ENOMEM;
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attr;
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawn_file_actions_init(&files);
  posix_spawnattr_init(&attr);
  posix_spawn_file_actions_adddup2(&files, in, 0);
  posix_spawn_file_actions_adddup2(&files, out, 1);
  posix_spawn_file_actions_adddup2(&files, err, 2);
  posix_spawn_file_actions_addclosefrom_np(&files, 3);
  posix_spawnattr_setsigmask(&attr, &none);
  posix_spawnattr_setsigdefault(&attr, &all);
  posix_spawnattr_setpgroup(&attr, 0);
  posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  int rc = posix_spawn(pid, path, &files, &attr, argv, env);
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attr);
  free(env);
  return rc;
}

/*
 * Processes that SIGKILL did not end, since they hang in a filesystem that does not answer: no job waits for them, and
 * whoever starts the next backend takes note of those that have ended meanwhile. Guarded by a lock of its own.
 */
static struct { pthread_mutex_t lock; pid_t pids[64]; } stuck = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void stuck_look(pid_t add) {
  pthread_mutex_lock(&stuck.lock);
  for (size_t i = 0; i < sizeof stuck.pids / sizeof *stuck.pids; i++) {
    if (stuck.pids[i] > 0 && waitpid(stuck.pids[i], NULL, WNOHANG)) stuck.pids[i] = 0;
    if (stuck.pids[i] == 0 && add > 0) { stuck.pids[i] = add; add = 0; }
  }
  pthread_mutex_unlock(&stuck.lock);
}

int child_start(struct session *s) {
  stuck_look(0);
  const char *path = getenv("STRIPELINE_BACKEND");
  if (!path || !*path) path = STRIPELINE_BACKEND_PATH;
  if (access(path, X_OK)) return fail(s, "the backend %s cannot be run: %s", path, strerror(errno));
  struct job *j = s->job;
  if (atomic_load(&j->wake) < 0) {
    int wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (wake < 0) return fail(s, "eventfd: %s", strerror(errno));
    atomic_store(&j->wake, wake);
  }
  int in[2], out[2], err[2], id = 0;
  if (high_pipe(in)) return fail(s, "pipe: %s", strerror(errno));
  if (high_pipe(out)) { close(in[0]); close(in[1]); return fail(s, "pipe: %s", strerror(errno)); }
  if (high_pipe(err)) {
    close(in[0]); close(in[1]); close(out[0]); close(out[1]);
    return fail(s, "pipe: %s", strerror(errno));
  }
  fcntl(in[1], F_SETFL, O_NONBLOCK);
  fcntl(out[0], F_SETFL, O_NONBLOCK);
  fcntl(err[0], F_SETFL, O_NONBLOCK);
  fcntl(err[1], F_SETFL, O_NONBLOCK);
  /* More than the default of 64 KiB is worth 20 to 40 % for large files; a refusal (user limit) costs only that. */
  (void)fcntl(in[1], F_SETPIPE_SZ, 1 << 20);
  (void)fcntl(out[0], F_SETPIPE_SZ, 1 << 20);
  core->get_value(j->ctx, VAR_JOBID, &id);
  pthread_mutex_lock(&j->lock);
  int rc = spawn(&s->child.pid, path, in[0], out[1], err[1], id);
  if (rc) s->child.pid = 0;
  pthread_mutex_unlock(&j->lock);
  close(in[0]);
  close(out[1]);
  close(err[1]);
  s->child.in = in[1];
  s->child.out = out[0];
  s->child.err = err[0];
  return rc ? fail(s, "the backend %s cannot be started: %s", path, strerror(rc)) : 0;
}

static void close_fd(int *fd) {
  if (*fd >= 0) close(*fd);
  *fd = -1;
}

void child_close(struct session *s) {
  close_fd(&s->child.in);
  close_fd(&s->child.out);
  close_fd(&s->child.err);
}

void child_signal(struct session *s, int signal) {
  pthread_mutex_lock(&s->job->lock);
  if (s->child.pid > 0) kill(signal == SIGKILL || signal == SIGTERM ? -s->child.pid : s->child.pid, signal);
  pthread_mutex_unlock(&s->job->lock);
}

static bool reap(struct session *s) {
  pthread_mutex_lock(&s->job->lock);
  pid_t pid = s->child.pid;
  if (pid > 0) {
    siginfo_t info = {0};
    if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) || info.si_pid == pid) {
      kill(-pid, SIGKILL);   /* what it may have left behind in its process group, whose number is still taken */
      s->child.reaped = waitpid(pid, &s->child.status, WNOHANG) == pid;
      s->child.pid = 0;
    }
  }
  pthread_mutex_unlock(&s->job->lock);
  return s->child.pid <= 0;
}

static int64_t now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000;
}

/* Throws away what comes on stdout, so that a backend that still writes can end; stderr goes to the log. */
static bool wait_for_end(struct session *s, int64_t limit_ms) {
  char waste[4096];
  int pause_ms = 1;
  for (int64_t end = now_ms() + limit_ms;;) {
    if (s->child.out >= 0) {
      ssize_t n;
      while ((n = read(s->child.out, waste, sizeof waste)) > 0) {}
      if (n == 0) close_fd(&s->child.out);
    }
    stderr_read(s);
    if (reap(s)) return true;
    if (now_ms() >= end) return false;
    poll(NULL, 0, pause_ms);
    if (pause_ms < 50) pause_ms *= 2;
  }
}

/* The pipes are closed behind it: what it still writes goes nowhere. */
static void give_up(struct session *s) {
  pthread_mutex_lock(&s->job->lock);
  pid_t pid = s->child.pid;
  s->child.pid = 0;
  pthread_mutex_unlock(&s->job->lock);
  sayf(s->job, MSG_ERROR, "the backend (pid %d) does not die: it hangs in a filesystem that does not answer; it is left behind", (int)pid);
  stuck_look(pid);
}

void child_end(struct session *s, int linger_s) {
  close_fd(&s->child.in);
  if (s->child.pid > 0) {
    int kill_s = limit_s("STRIPELINE_KILL_SECONDS", 10);
    if (!wait_for_end(s, linger_s * INT64_C(1000))) {
      sayf(s->job, MSG_WARNING, "the backend (pid %d) did not end within %d s; terminating it", (int)s->child.pid, linger_s);
      child_signal(s, SIGTERM);
      if (!wait_for_end(s, kill_s * INT64_C(1000))) {
        child_signal(s, SIGKILL);
        if (!wait_for_end(s, kill_s * INT64_C(1000))) give_up(s);
      }
    } else if (s->child.reaped && s->child.status && !atomic_load(&s->job->cancelled)) {
      if (WIFEXITED(s->child.status)) sayf(s->job, MSG_WARNING, "the backend ended with status %d", WEXITSTATUS(s->child.status));
      else sayf(s->job, MSG_WARNING, "the backend was ended by signal %d", WTERMSIG(s->child.status));
    }
  }
  stderr_read(s);
  if (s->err_line.len) {
    sayf(s->job, MSG_WARNING, "backend: %s", s->err_line.p);
    s->err_line.len = 0;
  }
  child_close(s);
}
