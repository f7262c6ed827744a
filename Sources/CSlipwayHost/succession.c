// SPDX-License-Identifier: Apache-2.0
// Descriptors on their way between two processes (unix(7), SCM_RIGHTS): the macros of cmsg(3) cannot be called from
// Swift.

#define _GNU_SOURCE
#include "CSlipwayHost.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/prctl.h>
#endif

// The kernel takes 253 at a time (SCM_MAX_FD).
#define MOST_DESCRIPTORS 200

union control {
    struct cmsghdr header;
    char space[CMSG_SPACE(MOST_DESCRIPTORS * sizeof(int))];
};

int slipway_socket_pair(int ends[2]) {
#if defined(__linux__)
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends);
#else
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return -1;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    return 0;
#endif
}

int slipway_send_descriptors(int socket, const int *descriptors, int count) {
    if (count < 1 || count > MOST_DESCRIPTORS) {
        errno = EINVAL;
        return -1;
    }
    union control control;
    memset(&control, 0, sizeof control);
    char byte = 'd';
    struct iovec part = { &byte, 1 };
    struct msghdr message;
    memset(&message, 0, sizeof message);
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.space;
    message.msg_controllen = CMSG_SPACE((size_t)count * sizeof(int));
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN((size_t)count * sizeof(int));
    memcpy(CMSG_DATA(header), descriptors, (size_t)count * sizeof(int));
    ssize_t sent;
    do sent = sendmsg(socket, &message, 0);
    while (sent < 0 && errno == EINTR);
    return sent == 1 ? 0 : -1;
}

int slipway_receive_descriptors(int socket, int *descriptors, int count) {
    if (count < 1 || count > MOST_DESCRIPTORS) {
        errno = EINVAL;
        return -1;
    }
    union control control;
    char byte;
    struct iovec part = { &byte, 1 };
    struct msghdr message;
    memset(&message, 0, sizeof message);
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.space;
    message.msg_controllen = sizeof control.space;
    int flags = 0;
#if defined(MSG_CMSG_CLOEXEC)
    flags = MSG_CMSG_CLOEXEC;
#endif
    ssize_t received;
    do received = recvmsg(socket, &message, flags);
    while (received < 0 && errno == EINTR);
    if (received != 1) return -1;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (!header || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) return -1;
    int found = (int)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    if (found != count) return -1;
    memcpy(descriptors, CMSG_DATA(header), (size_t)count * sizeof(int));
#if !defined(MSG_CMSG_CLOEXEC)
    for (int i = 0; i < count; i++) fcntl(descriptors[i], F_SETFD, FD_CLOEXEC);
#endif
    return 0;
}

int slipway_end_with_parent(int signal) {
#if defined(__linux__)
    return prctl(PR_SET_PDEATHSIG, signal);
#else
    (void)signal;
    errno = ENOTSUP;
    return -1;
#endif
}
