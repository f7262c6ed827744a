// SPDX-License-Identifier: Apache-2.0

#ifndef SLIPWAY_GZIP_H
#define SLIPWAY_GZIP_H

#include <stddef.h>

/// The most that slipway_gzip writes for an input of this size.
size_t slipway_gzip_bound(size_t size);

/// Writes one gzip stream; returns its size, or 0 when there is no memory or too little room.
size_t slipway_gzip(const void *input, size_t size, void *output, size_t capacity, int level);

#endif
