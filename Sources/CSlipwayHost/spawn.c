// SPDX-License-Identifier: Apache-2.0
// posix_spawn offers neither a parent-death signal nor a change of user, so the child is made by hand. Between fork
// and execve only async-signal-safe calls happen (signal-safety(7)): the parent may have other threads.

#define _GNU_SOURCE
#include "CSlipwayHost.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

#define MOST_DESCRIPTORS 8

struct failure {
    int step;
    int error;
};

static void close_from(int first) {
#if defined(__linux__) && defined(SYS_close_range)
    if (syscall(SYS_close_range, (unsigned)first, ~0U, 0) == 0) return;
#endif
    long last = sysconf(_SC_OPEN_MAX);
    if (last < 0 || last > 65536) last = 65536;
    for (int descriptor = first; descriptor < last; descriptor++) close(descriptor);
}

static _Noreturn void give_up(int report, int step) {
    struct failure failure = { step, errno };
    ssize_t ignored = write(report, &failure, sizeof failure);
    (void)ignored;
    _exit(127);
}

static _Noreturn void become_child(const slipway_spawn_request *request, int report, pid_t parent) {
    // An ignored signal stays ignored across execve; the program must find the defaults.
    for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (request->new_session) setsid();

    // First out of the way of the final numbers, then into place.
    int moved[MOST_DESCRIPTORS];
    int count = request->descriptor_count;
    report = fcntl(report, F_DUPFD, count + MOST_DESCRIPTORS);
    for (int i = 0; i < count; i++) {
        int source = request->descriptors[i];
        if (source < 0) source = open("/dev/null", O_RDWR);
        moved[i] = fcntl(source, F_DUPFD, count);
        if (moved[i] < 0) give_up(report, slipway_step_descriptors);
    }
    for (int i = 0; i < count; i++)
        if (dup2(moved[i], i) < 0) give_up(report, slipway_step_descriptors);
    if (dup2(report, count) < 0) give_up(report, slipway_step_descriptors);
    report = count;
    fcntl(report, F_SETFD, FD_CLOEXEC);
    close_from(count + 1);

    if (request->changes_user) {
        if (setgroups((size_t)request->group_count, request->groups) != 0) give_up(report, slipway_step_user);
        if (setgid(request->group) != 0) give_up(report, slipway_step_user);
        if (setuid(request->user) != 0) give_up(report, slipway_step_user);
    }
#if defined(__linux__)
    // After the change of user, which clears it; then the parent may already be gone, and nobody would tell us.
    if (request->death_signal != 0) {
        prctl(PR_SET_PDEATHSIG, request->death_signal);
        if (getppid() != parent) _exit(127);
    }
#else
    (void)parent;
#endif
    if (request->directory && chdir(request->directory) != 0) give_up(report, slipway_step_directory);
    execve(request->executable, request->arguments, request->environment);
    give_up(report, slipway_step_execute);
}

pid_t slipway_spawn(const slipway_spawn_request *request, int *failed_step) {
    *failed_step = slipway_step_descriptors;
    if (request->descriptor_count > MOST_DESCRIPTORS) {
        errno = EINVAL;
        return -1;
    }
    int ends[2];
    if (slipway_pipe(ends) != 0) return -1;

    // No signal may reach the child between fork and its reset of handlers: it would run the parent's handler.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t parent = getpid();
    pid_t child = fork();
    if (child == 0) become_child(request, ends[1], parent);
    int fork_error = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(ends[1]);

    struct failure failure = { slipway_step_fork, fork_error };
    ssize_t count = sizeof failure;
    if (child > 0) {
        // The pipe closes without a byte when execve succeeds.
        do count = read(ends[0], &failure, sizeof failure);
        while (count < 0 && errno == EINTR);
    }
    close(ends[0]);
    if (count != sizeof failure) return child;
    if (child > 0) waitpid(child, NULL, 0);
    *failed_step = failure.step;
    errno = failure.error;
    return -1;
}

int slipway_pipe(int ends[2]) {
#if defined(__linux__)
    return pipe2(ends, O_CLOEXEC);
#else
    if (pipe(ends) != 0) return -1;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    return 0;
#endif
}

int slipway_become_subreaper(void) {
#if defined(__linux__)
    return prctl(PR_SET_CHILD_SUBREAPER, 1);
#else
    errno = ENOTSUP;
    return -1;
#endif
}
