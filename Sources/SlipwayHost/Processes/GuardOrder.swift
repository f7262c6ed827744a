// SPDX-License-Identifier: Apache-2.0

/// What a guard runs and how it ends it; travels through a pipe, because the environment holds secrets.
package struct GuardOrder: Equatable, Sendable {
    package var executable: String
    package var arguments: [String]
    package var environment: [String: String]
    package var directory: String?
    package var user: String?
    package var stopSignal: Int32
    package var grace: Duration
    /// Whether the end of the process that holds the control pipe ends everything here too.
    package var endsWithParent: Bool
    /// Sent by the kernel to the program when the guard itself is killed.
    package var deathSignal: Int32
    /// Whether the program may name a process that takes its place (``GuardSuccession``).
    package var allowsSuccession: Bool
    /// Arguments for this same binary, run when the program was killed and nothing of it is left; none to leave it.
    package var revival: [String]
    /// What that is run with; the program itself does not get it.
    package var revivalEnvironment: [String: String]

    package init(
        executable: String, arguments: [String], environment: [String: String], directory: String? = nil,
        user: String? = nil, stopSignal: Int32 = 15, grace: Duration = .seconds(10), endsWithParent: Bool = true,
        deathSignal: Int32 = 9, allowsSuccession: Bool = false, revival: [String] = [],
        revivalEnvironment: [String: String] = [:]
    ) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
        self.user = user
        self.stopSignal = stopSignal
        self.grace = grace
        self.endsWithParent = endsWithParent
        self.deathSignal = deathSignal
        self.allowsSuccession = allowsSuccession
        self.revival = revival
        self.revivalEnvironment = revivalEnvironment
    }

    /// Ten decimal digits of length, then fields that each end with a zero byte, which none of them can hold.
    package var encoded: [UInt8] {
        let milliseconds = grace.components.seconds * 1000 + grace.components.attoseconds / 1_000_000_000_000_000
        var fields = [
            executable, directory ?? "", user ?? "", "\(stopSignal)", "\(milliseconds)", endsWithParent ? "1" : "0",
            "\(deathSignal)", "\(arguments.count)", "\(revival.count)",
            "\(revivalEnvironment.count)", allowsSuccession ? "1" : "0",
        ]
        fields += arguments + revival
        fields += revivalEnvironment.map { "\($0.key)=\($0.value)" }.sorted()
        fields += environment.map { "\($0.key)=\($0.value)" }.sorted()
        var payload: [UInt8] = []
        for field in fields { payload += Array(field.utf8) + [0] }
        let digits = String(payload.count)
        let header = String(repeating: "0", count: Self.headerLength - digits.utf8.count) + digits
        return Array(header.utf8) + payload
    }

    package static let headerLength = 10

    /// The payload's length that a header states.
    package static func length(inHeader header: [UInt8]) -> Int? { Int(String(decoding: header, as: UTF8.self)) }

    package init?(payload: [UInt8]) {
        let parts = payload.split(separator: UInt8(0), omittingEmptySubsequences: false).dropLast()
        let fields = parts.map { String(decoding: $0, as: UTF8.self) }
        guard fields.count >= 11, let stopSignal = Int32(fields[3]), let milliseconds = Int64(fields[4]),
            let deathSignal = Int32(fields[6])
        else { return nil }
        // Arguments, the revival's arguments, its environment; the rest is the program's environment.
        var lists: [[String]] = []
        var start = 11
        for field in fields[7...9] {
            guard let count = Int(field), count >= 0, count <= fields.count - start else { return nil }
            lists.append(Array(fields[start..<(start + count)]))
            start += count
        }
        func pairs(_ fields: some Sequence<String>) -> [String: String] {
            let pairs = fields.compactMap { field -> (String, String)? in
                guard let equals = field.firstIndex(of: "=") else { return nil }
                return (String(field[..<equals]), String(field[field.index(after: equals)...]))
            }
            return Dictionary(pairs) { _, last in last }
        }
        self.init(
            executable: fields[0], arguments: lists[0], environment: pairs(fields[start...]),
            directory: fields[1].isEmpty ? nil : fields[1], user: fields[2].isEmpty ? nil : fields[2],
            stopSignal: stopSignal, grace: .milliseconds(milliseconds), endsWithParent: fields[5] == "1",
            deathSignal: deathSignal, allowsSuccession: fields[10] == "1", revival: lists[1],
            revivalEnvironment: pairs(lists[2]))
    }
}
