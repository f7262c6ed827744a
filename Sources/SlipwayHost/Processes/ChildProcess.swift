// SPDX-License-Identifier: Apache-2.0

internal import CSlipwayHost

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A child process to start, below any library: for the guard and for the engine that starts guards.
package struct ChildProcess: Sendable {
    /// What went wrong before the program ran.
    package enum Failure: Error, Equatable, Sendable {
        /// No file of this name, or none that may be executed, on PATH or at the path given.
        case notFound(String)
        case noSuchUser(String)
        /// A system call failed: its number from errno(3) and what it was for.
        case system(Int32, during: String)
    }

    package var executable: String
    package var arguments: [String]
    package var environment: [String: String]
    package var directory: String?
    package var user: String?
    /// The child's descriptors 0, 1, 2 and on; -1 is /dev/null.
    package var descriptors: [Int32]
    package var startsSession: Bool
    /// The kernel sends it when the starting thread ends (Linux); so start from a thread that lives on.
    package var deathSignal: Int32

    package init(
        _ executable: String, _ arguments: [String], environment: [String: String], directory: String? = nil,
        user: String? = nil, descriptors: [Int32] = [-1, -1, -1], startsSession: Bool = true, deathSignal: Int32 = 0
    ) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
        self.user = user
        self.descriptors = descriptors
        self.startsSession = startsSession
        self.deathSignal = deathSignal
    }

    /// - Returns: The child's process id; the caller must wait for it.
    package func start() throws(Failure) -> Int32 { try startResult().get() }

    func startResult() -> Result<Int32, Failure> {
        guard let path = findExecutable() else { return .failure(.notFound(executable)) }
        var request = slipway_spawn_request()
        var groups: [gid_t] = []
        if let user {
            guard let account = Account.named(user) else { return .failure(.noSuchUser(user)) }
            // A person's engine may run as that very person without the right to change users.
            request.changes_user = account.userID != Account.effectiveUserID
            request.user = account.userID
            request.group = account.groupID
            groups = account.groups
        }
        request.new_session = startsSession
        request.death_signal = deathSignal
        let argumentPointers = ([executable] + arguments).map { strdup($0) }
        let environmentPointers = environment.map { strdup("\($0.key)=\($0.value)") }
        defer { for pointer in argumentPointers + environmentPointers { free(pointer) } }

        var step: Int32 = 0
        var failure: Int32 = 0
        let child = path.withCString { path in
            withOptionalCString(directory) { directory in
                (argumentPointers + [nil]).withUnsafeBufferPointer { arguments in
                    (environmentPointers + [nil]).withUnsafeBufferPointer { environment in
                        descriptors.withUnsafeBufferPointer { descriptors in
                            groups.withUnsafeBufferPointer { groups in
                                request.executable = path
                                request.directory = directory
                                request.arguments = arguments.baseAddress
                                request.environment = environment.baseAddress
                                request.descriptors = descriptors.baseAddress
                                request.descriptor_count = Int32(descriptors.count)
                                request.groups = groups.baseAddress
                                request.group_count = Int32(groups.count)
                                let child = slipway_spawn(&request, &step)
                                failure = errno
                                return child
                            }
                        }
                    }
                }
            }
        }
        return child > 0 ? .success(child) : .failure(.system(failure, during: Self.name(ofStep: step)))
    }

    /// Looked up on the PATH of the process to be started, and from its directory, as a shell there would.
    private func findExecutable() -> String? {
        let folders = environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        if !executable.utf8.contains(UInt8(ascii: "/")) { return ExecutableSearch.find(executable, path: folders) }
        guard let directory, !executable.hasPrefix("/") else { return ExecutableSearch.find(executable) }
        return ExecutableSearch.find(directory + "/" + executable)
    }

    private static func name(ofStep step: Int32) -> String {
        switch step {
        case 1: "starting a process"
        case 2: "connecting its output"
        case 3: "changing to its user"
        case 4: "entering its directory"
        default: "running its program"
        }
    }
}

extension Account {
    /// All groups the account is in, its own first.
    fileprivate var groups: [gid_t] {
        #if os(Linux)
        var count: Int32 = 256
        var found = [gid_t](repeating: 0, count: Int(count))
        if getgrouplist(name, groupID, &found, &count) >= 0 { return Array(found.prefix(Int(count))) }
        #endif
        return [groupID]
    }
}

private func withOptionalCString<Result>(_ text: String?, _ body: (UnsafePointer<CChar>?) -> Result) -> Result {
    guard let text else { return body(nil) }
    return text.withCString(body)
}
