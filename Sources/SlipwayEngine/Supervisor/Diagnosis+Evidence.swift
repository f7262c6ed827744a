// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
internal import SlipwayHost

extension Diagnosis {
    /// Weighs the evidence: what the program says itself first, then how it ended, then where it listens, then what
    /// it answers. Pure.
    package init(_ evidence: Evidence) {
        let verdict = Self.verdict(on: evidence)
        var cause = verdict.cause
        if case .crashLoop(let runs) = evidence.trouble { cause += ", \(runs) times in a row" }
        self.init(
            likelyCause: cause, hint: verdict.hint, exit: evidence.exit.map(\.description),
            lastProbe: evidence.lastProbe.map { "\(Self.target(of: evidence.spec.probe)): \($0.text)" },
            expectedPort: evidence.spec.port, boundAddresses: evidence.bound.map(\.description),
            lastLogLines: evidence.lines)
    }

    private static func verdict(on evidence: Evidence) -> Verdict {
        if let refusal = evidence.refusal { return verdict(on: refusal, evidence) }
        if let complaint = Complaint.found(in: evidence.lines, evidence) { return complaint }
        if let exit = evidence.exit, evidence.trouble != .unhealthy { return verdict(on: exit, evidence) }
        return verdictOnListening(evidence)
    }

    private static func verdict(on refusal: ChildProcess.Failure, _ evidence: Evidence) -> Verdict {
        switch refusal {
        case .notFound(let program):
            Verdict("the command \(program) is not found", "which \(ShellWord.quote(program))")
        case .noSuchUser(let user): Verdict("the account \(user) does not exist", "useradd --system \(user)")
        case .system(2, "entering its directory"), .system(20, "entering its directory"):
            Verdict(
                "the directory \(evidence.spec.directory) does not exist",
                "ls \(ShellWord.quote(evidence.spec.directory))")
        case .system(8, "running its program"):
            Verdict(
                "\(evidence.spec.executable) is no program for this machine",
                "file \(ShellWord.quote(evidence.spec.executable))")
        case .system(let number, let step): Verdict("\(step) failed with error \(number) of errno(3)", nil)
        }
    }

    private static func verdict(on exit: ProcessExit, _ evidence: Evidence) -> Verdict {
        let log = "slipway logs \(evidence.name)"
        if exit == .code(0), evidence.leftBehind > 0 {
            return Verdict(
                "the start command went into the background and left \(evidence.leftBehind) processes",
                "take the option that makes it a daemon out of the start command of \(evidence.name)")
        }
        if let holder = evidence.portHolder, let port = evidence.spec.port {
            return Verdict(
                "the start command \(exit), and port \(port) was taken by \(holder)", "kill \(holder.identifier)")
        }
        switch exit {
        case .code(0): return Verdict("the start command ended by itself; a service keeps running", log)
        case .signal(9):
            return Verdict("the start command was ended by signal 9, as a machine out of memory does", "free -m")
        default: break
        }
        let last = evidence.lines.last { Complaint.namesAnError($0) }
        return Verdict("the start command \(exit)" + (last.map { ": \(Complaint.text(of: $0))" } ?? ""), log)
    }

    private static func verdictOnListening(_ evidence: Evidence) -> Verdict {
        let log = "slipway logs \(evidence.name)"
        guard let port = evidence.spec.port else {
            return Verdict("\(target(of: evidence.spec.probe)): \(evidence.lastProbe?.text ?? "no answer")", log)
        }
        if case .foreign(let owner) = evidence.lastProbe {
            return Verdict(
                "port \(port) is answered by \(owner), not by \(evidence.name)", "ss -tlnp 'sport = :\(port)'")
        }
        let onPort = evidence.bound.filter { $0.port == port }
        if evidence.trouble != .unhealthy || evidence.lastProbe == .refused {
            if let elsewhere = evidence.bound.first, onPort.isEmpty {
                return Verdict(
                    "nothing listens on \(port), but \(evidence.name) listens on \(elsewhere.description)",
                    "slipway.yml, below services.\(evidence.name): port: \(elsewhere.port)")
            }
            if let other = onPort.first, !onPort.contains(where: \.isReachableOnLoopback) {
                return Verdict(
                    "\(evidence.name) listens on \(other.description) only, not on 127.0.0.1",
                    "make \(evidence.name) listen on 127.0.0.1:\(port)")
            }
            if onPort.isEmpty, evidence.lastProbe == .refused || evidence.lastProbe == nil {
                return Verdict("nothing listens on \(port): \(evidence.name) runs, but has opened no port", log)
            }
        }
        return verdictOnAnswer(evidence, port: port, log: log)
    }

    private static func verdictOnAnswer(_ evidence: Evidence, port: UInt16, log: String) -> Verdict {
        let target = target(of: evidence.spec.probe)
        switch evidence.lastProbe {
        case .status(404, _):
            return Verdict(
                "\(target) answers 404: the health path is not there",
                "slipway.yml, below services.\(evidence.name): healthPath: /")
        case .status(let status, let body):
            return Verdict("\(target) answers \(status)" + (body.isEmpty ? "" : " \"\(body)\""), log)
        case .timedOut: return Verdict("\(target) takes the connection, but does not answer in time", log)
        case .some(let other): return Verdict("\(target): \(other.text)", log)
        case nil: return Verdict("\(evidence.name) was never ready", log)
        }
    }

    /// `GET /health on 127.0.0.1:8000`.
    private static func target(of probe: Probe) -> String {
        switch probe.kind {
        case .http(let port, let path): "GET \(path) on 127.0.0.1:\(port)"
        case .tcp(let port): "a connection to 127.0.0.1:\(port)"
        case .unix(let path): "a connection to \(path)"
        case .uptime: "staying up"
        }
    }
}

/// A likely cause and what to do about it.
struct Verdict: Equatable, Sendable {
    let cause: String
    let hint: String?

    init(_ cause: String, _ hint: String?) {
        self.cause = cause
        self.hint = hint
    }
}
