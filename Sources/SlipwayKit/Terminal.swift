// SPDX-License-Identifier: Apache-2.0

public import SlipwayHost

/// The process's own output streams, for the command line, which imports nothing below this library.
public typealias Terminal = SlipwayHost.Terminal
