// SPDX-License-Identifier: Apache-2.0

#include "gzip.h"

#include <stdint.h>
#include <string.h>
#include <zlib.h>

size_t slipway_gzip_bound(size_t size) {
    // compressBound counts the zlib wrapper of 6 bytes; gzip's has 18.
    return compressBound(size) + 18;
}

size_t slipway_gzip(const void *input, size_t size, void *output, size_t capacity, int level) {
    z_stream stream;
    memset(&stream, 0, sizeof(stream));
    if (size > UINT32_MAX || capacity > UINT32_MAX) return 0;
    // 15 is the largest window; 16 more asks for gzip instead of zlib.
    if (deflateInit2(&stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) return 0;
    stream.next_in = (Bytef *)input;
    stream.avail_in = (uInt)size;
    stream.next_out = output;
    stream.avail_out = (uInt)capacity;
    int result = deflate(&stream, Z_FINISH);
    size_t written = capacity - stream.avail_out;
    deflateEnd(&stream);
    return result == Z_STREAM_END ? written : 0;
}
