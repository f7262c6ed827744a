import NIOCore
import NIOPosix
import NIOHTTPCompression
