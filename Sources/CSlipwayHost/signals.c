// SPDX-License-Identifier: Apache-2.0
// The self-pipe trick: a handler that only writes a byte, so that signals become readable data.

#include "CSlipwayHost.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int signal_pipe = -1;

static void write_number(int number) {
    int saved = errno;
    unsigned char byte = (unsigned char)number;
    ssize_t ignored = write(signal_pipe, &byte, 1);
    (void)ignored;
    errno = saved;
}

int slipway_watch_signals(const int *signals, int count) {
    int ends[2];
    if (slipway_pipe(ends) != 0) return -1;
    // A full pipe loses a number of which many are waiting already; a blocked handler would stop the process.
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    signal_pipe = ends[1];

    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = write_number;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    sigset_t watched;
    sigemptyset(&watched);
    for (int i = 0; i < count; i++) {
        sigaction(signals[i], &action, NULL);
        sigaddset(&watched, signals[i]);
    }
    pthread_sigmask(SIG_UNBLOCK, &watched, NULL);
    return ends[0];
}

void slipway_ignore_broken_pipes(void) { signal(SIGPIPE, SIG_IGN); }

bool slipway_status_exited(int status) { return WIFEXITED(status); }
int slipway_status_code(int status) { return WEXITSTATUS(status); }
int slipway_status_signal(int status) { return WTERMSIG(status); }
