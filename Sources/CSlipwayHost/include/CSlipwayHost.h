// SPDX-License-Identifier: Apache-2.0
// What Swift cannot call itself: fork (marked unavailable), variadic prctl, and code that runs in signal handlers.

#ifndef CSLIPWAYHOST_H
#define CSLIPWAYHOST_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "gzip.h"

/// What the child process is made of. All memory stays the caller's.
typedef struct {
    /// Absolute path; no lookup on PATH happens here.
    const char *executable;
    /// Ends with NULL, like `environment`.
    char *const *arguments;
    char *const *environment;
    /// NULL for the parent's own.
    const char *directory;
    /// The child's descriptors 0, 1, 2, ...; -1 stands for /dev/null. Every other descriptor is closed.
    const int *descriptors;
    int descriptor_count;
    /// A session of its own, so that no terminal and no signal to the parent's group reaches it.
    bool new_session;
    /// Sent by the kernel when the *thread* that spawned the child ends; 0 for none (Linux only, see prctl(2)).
    int death_signal;
    bool changes_user;
    uid_t user;
    gid_t group;
    const gid_t *groups;
    int group_count;
} slipway_spawn_request;

/// Which step of the child failed before the new program ran.
enum {
    slipway_step_fork = 1,
    slipway_step_descriptors = 2,
    slipway_step_user = 3,
    slipway_step_directory = 4,
    slipway_step_execute = 5,
};

/// Starts a child. Returns its process id, or -1 with errno and `failed_step` set.
pid_t slipway_spawn(const slipway_spawn_request *request, int *failed_step);

/// A pipe whose ends no other program inherits: read end first, 0 or -1.
int slipway_pipe(int ends[2]);

/// Makes orphaned descendants children of this process instead of init's. Returns 0, or -1 (always outside Linux).
int slipway_become_subreaper(void);

/// Two connected sockets that no other program inherits; 0 or -1.
int slipway_socket_pair(int ends[2]);

/// Passes at most 200 descriptors on, with one byte; 0 or -1.
int slipway_send_descriptors(int socket, const int *descriptors, int count);

/// Takes exactly as many as were passed on at once; no program started later inherits them. 0 or -1.
int slipway_receive_descriptors(int socket, int *descriptors, int count);

/// Has the kernel send this signal to the *calling thread's* process when its parent ends (Linux only, see prctl(2)).
/// Returns 0 or -1.
int slipway_end_with_parent(int signal);

/// A descriptor that yields one byte, the signal's number, for each of the given signals from now on; -1 on failure.
/// One set of signals per process: a second call replaces the first descriptor.
int slipway_watch_signals(const int *signals, int count);

/// Ignores SIGPIPE, so that a write to a closed pipe is an error and not the end.
void slipway_ignore_broken_pipes(void);

/// The decoded parts of a wait status.
bool slipway_status_exited(int status);
int slipway_status_code(int status);
int slipway_status_signal(int status);

#endif
