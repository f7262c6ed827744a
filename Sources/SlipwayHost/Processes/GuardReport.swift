// SPDX-License-Identifier: Apache-2.0

/// What a guard tells the process that holds it, one line each.
package enum GuardReport: Equatable, Sendable {
    case started(Int32)
    case refused(ChildProcess.Failure)
    /// The program ended; so many of its descendants still ran and are being ended.
    case ended(ProcessExit, leftBehind: Int)
    /// Nothing is left; a report pipe that closes without this line means that the guard was killed.
    case gone

    package var line: String {
        switch self {
        case .started(let identifier): "started \(identifier)"
        case .refused(.notFound(let name)): "refused not-found \(name)"
        case .refused(.noSuchUser(let name)): "refused no-user \(name)"
        case .refused(.system(let number, let during)): "refused \(number) \(during)"
        case .ended(.code(let code), let left): "exited \(code) \(left)"
        case .ended(.signal(let number), let left): "signaled \(number) \(left)"
        case .gone: "gone"
        }
    }

    package init?(line: some StringProtocol) {
        let words = line.split(separator: Character(" "), maxSplits: 2).map { String($0) }
        let number = words.count > 1 ? Int32(words[1]) : nil
        let rest = words.count > 2 ? words[2] : ""
        switch (words.first, number) {
        case ("started", let number?): self = .started(number)
        case ("exited", let number?): self = .ended(.code(number), leftBehind: Int(rest) ?? 0)
        case ("signaled", let number?): self = .ended(.signal(number), leftBehind: Int(rest) ?? 0)
        case ("refused", let number?): self = .refused(.system(number, during: rest))
        case ("refused", nil) where words.count > 2 && words[1] == "no-user": self = .refused(.noSuchUser(rest))
        case ("refused", nil) where words.count > 2: self = .refused(.notFound(rest))
        case ("gone", _): self = .gone
        default: return nil
        }
    }
}
