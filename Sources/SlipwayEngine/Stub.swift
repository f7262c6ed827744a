import NIOCore
import NIOHTTPCompression
import NIOPosix
