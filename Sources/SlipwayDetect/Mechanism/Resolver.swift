// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Turns evidence into an app spec, field by field: the highest score wins, the second is remembered.
struct Resolver {
    /// Two values for one port whose scores are closer than this deserve a word.
    static let closeCall = 0.15
    /// A claim that a more special detector also made keeps this part of its weight.
    static let refinedWeight = 0.4

    private static let ofInstallation: Set<String> = ["language", "languageVersion", "packageManager", "install"]

    private var claims: [Subject: [ScoredClaim]] = [:]
    private var resources: [ResourceResolver.Statement] = []
    private var names: [(String, Origin)] = []
    private var diagnostics: [Diagnostic] = []
    private let refinements: [String: Set<String>]
    private let treeName: String
    /// Whether the repository is something that others build on, so that its examples are not what it is.
    private let isLibrary: Bool

    init(treeName: String, isLibrary: Bool = false, detectors: [any Detector]) {
        self.treeName = treeName
        self.isLibrary = isLibrary
        refinements = Self.refinements(of: detectors)
    }

    mutating func add(_ evidence: [Evidence], from detector: any Detector) {
        for piece in evidence {
            switch piece {
            case .service(let subject, let claim, let origin):
                let order = claims[subject, default: []].count
                claims[subject, default: []].append(
                    ScoredClaim(
                        claim: claim, origin: origin, detector: detector.name, score: origin.confidence, order: order))
            case .resource(let kind, let version, let variable, let image, let origin):
                resources.append((kind, version, variable, image, origin))
            case .applicationName(let name, let origin): names.append((name, origin))
            case .remark(let diagnostic): diagnostics.append(diagnostic)
            }
        }
    }

    func resolve() -> AppSpec {
        var spec = AppSpec(name: ServiceNames.slug(treeName) ?? "app")
        spec.diagnostics = diagnostics
        if let best = names.max(by: { $0.1.confidence < $1.1.confidence }), let name = ServiceNames.slug(best.0) {
            spec.name = name
            spec.origins["name"] = best.1
        } else {
            spec.origins["name"] = Origin(why: "the folder's name", confidence: Confidence.convention)
        }
        let candidates = self.candidates()
        let serviceNames = ServiceNames.assign(to: candidates)
        for candidate in candidates {
            guard let name = serviceNames[candidate.subject] else { continue }
            add(candidate, named: name, to: &spec)
        }
        ResourceResolver(candidates: candidates, names: serviceNames, evidence: resources).add(to: &spec)
        RouteResolver(candidates: candidates, names: serviceNames).add(to: &spec)
        spec.services.sort { $0.name < $1.name }
        return spec
    }

    /// Services that exist, in order; tests and examples only when there is nothing else.
    private func candidates() -> [Candidate] {
        let processes = Dictionary(grouping: claims.keys.filter { $0.process != nil }.sorted(), by: \.directory)
        let all = claims.keys.filter { $0.process != nil }.sorted().compactMap { subject -> Candidate? in
            // Two languages in one folder: the files that are served are not installed as the server is.
            let speaksForItself =
                subject.process == Subject.site && (claims[subject] ?? []).contains { $0.claim.field == "language" }
            let shared = (claims[Subject(subject.directory, nil)] ?? []).filter {
                // Migrations run once for a code base: with its web process, or with the first of its workers.
                let field = $0.claim.field
                if field == "release" || field == "seed" {
                    return subject == carrier(among: processes[subject.directory] ?? [])
                }
                return !speaksForItself || !Self.ofInstallation.contains(field)
            }
            let candidate = ofOneLanguage(Candidate(subject, weighed((claims[subject] ?? []) + shared)))
            guard let role = candidate.contests["role"]?.winner, role.score >= Confidence.floor else { return nil }
            return candidate
        }
        let main = all.filter { !$0.isAside }
        let products = main.filter { !$0.isManual }
        return Self.withoutCopies(!products.isEmpty ? products : main.isEmpty && !isLibrary ? all : main)
    }

    /// Where two languages share a folder, the service is installed as its own is: a Python server whose pages are bundled
    /// by Node does not get Node's version.
    private func ofOneLanguage(_ candidate: Candidate) -> Candidate {
        func family(_ claim: Claim) -> String? {
            guard case .language(let text) = claim else { return nil }
            return text == "typescript" ? "javascript" : text
        }
        let said = candidate.claims("language")
        guard let own = candidate.contests["language"]?.winner.flatMap({ family($0.claim) }),
            said.contains(where: { family($0.claim) != own })
        else { return candidate }
        let native = Set(said.filter { family($0.claim) == own }.map(\.detector))
        let foreign = Set(said.map(\.detector)).subtracting(native)
        let all = candidate.contests.values.flatMap(\.claims).filter {
            $0.claim.field == "language" || !Self.ofInstallation.contains($0.claim.field)
                || !foreign.contains($0.detector)
        }
        return Candidate(candidate.subject, all.sorted { $0.order < $1.order })
    }

    /// A worker that files place in a folder and the code in another one below it is one worker: it belongs where the
    /// web process of its code base is, or where the code is.
    private static func withoutCopies(_ all: [Candidate]) -> [Candidate] {
        func command(_ candidate: Candidate) -> String? {
            guard candidate.role == .worker, case .start(let start)? = candidate.contests["start"]?.winner?.claim else {
                return nil
            }
            let words = start.text.split(separator: " ").filter { !$0.hasPrefix("PYTHONPATH=") && !$0.hasPrefix("-") }
            // Celery finds `config.celery:app` in `config` too.
            guard words.first == "celery", words.count > 1 else { return words.joined(separator: " ") }
            return "celery \(words[1].prefix { $0 != "." && $0 != ":" }) \(words.dropFirst(2).joined(separator: " "))"
        }
        func hasWeb(_ directory: String) -> Bool {
            all.contains { $0.subject.directory == directory && $0.role?.listens == true }
        }
        // Code bases of their own may well start their workers alike.
        func isStated(_ candidate: Candidate) -> Bool {
            candidate.claims("role").allSatisfy { ["compose", "dockerfile"].contains($0.detector) }
        }
        let alike = Dictionary(grouping: all) { command($0) }
        return all.filter { candidate in
            guard let own = command(candidate) else { return true }
            return !(alike[own] ?? []).contains { other in
                let (here, there) = (candidate.subject.directory, other.subject.directory)
                guard here != there, isStated(candidate) || isStated(other) else { return false }
                if there.relative(to: here) != nil { return hasWeb(there) || !hasWeb(here) }
                return here.relative(to: there) != nil && hasWeb(there) && !hasWeb(here)
            }
        }
    }

    /// The process of a folder that carries what happens once for all of them.
    /// - Parameter subjects: All of the folder, in order.
    private func carrier(among subjects: [Subject]) -> Subject? {
        let processes = subjects.filter { subject in
            (claims[subject] ?? []).contains { if case .role = $0.claim { true } else { false } }
        }
        return processes.first { $0.process == Subject.web } ?? processes.first
    }

    /// Lowers the claims that a more special detector made as well.
    private func weighed(_ claims: [ScoredClaim]) -> [ScoredClaim] {
        let speakers = Dictionary(grouping: claims) { $0.claim.field }.mapValues { Set($0.map(\.detector)) }
        return claims.enumerated().map { index, original in
            var scored = original
            scored.order = index
            let refined = speakers[scored.claim.field, default: []].contains {
                refinements[$0, default: []].contains(scored.detector)
            }
            if refined, !scored.claim.isListElement { scored.score *= Self.refinedWeight }
            return scored
        }
    }

    private func add(_ candidate: Candidate, named name: String, to spec: inout AppSpec) {
        guard let role = candidate.role else { return }
        var service = Service(name: name, directory: candidate.subject.directory, role: role)
        for (field, contest) in candidate.contests.sorted(by: { $0.key < $1.key }) {
            let path = "services.\(name).\(field)"
            if contest.winner?.claim.isListElement == true {
                for scored in contest.claims where scored.score >= Confidence.floor {
                    scored.claim.apply(to: &service)
                    if ["uses", "routes", "proxied", "pages"].contains(field) { continue }
                    spec.origins["\(path).\(scored.claim.text)"] = scored.origin
                }
                continue
            }
            guard let winner = contest.winner, let origin = contest.origin else { continue }
            guard winner.score >= Confidence.floor else {
                spec.diagnostics.append(.fieldLeftEmpty(field, of: name, best: winner))
                continue
            }
            winner.claim.apply(to: &service)
            if field != "name" { spec.origins[path] = origin }
        }
        settlePort(of: &service, candidate, &spec)
        service.systemPackages = Set(service.systemPackages).sorted()
        service.buildPackages = Set(service.buildPackages).subtracting(service.systemPackages).sorted()
        service.writableDirectories = Set(service.writableDirectories).sorted()
        service.writableFiles = service.writableFiles.map { Set($0).sorted() }
        service.publicFolders = service.publicFolders.map { Set($0).sorted { $0.text < $1.text } }
        spec.services.append(service)
    }

    /// A start command that states a port without a way to move it settles the port; one that can move it takes the
    /// port that won as its default.
    private func settlePort(of service: inout Service, _ candidate: Candidate, _ spec: inout AppSpec) {
        let path = "services.\(service.name).port"
        guard service.role.listens else {
            service.port = nil
            service.portVariable = nil
            service.hostVariable = nil
            spec.origins[path] = nil
            return
        }
        var claims = candidate.claims("port")
        guard let start = candidate.contests["start"]?.winner, case .start(let command) = start.claim else { return }
        if let port = command.port {
            var stated = start
            stated.claim = .port(port)
            stated.score = max(start.score, command.portVariable == nil ? 1 : start.score)
            claims.append(stated)
        }
        let contest = Contest("port", claims)
        guard case .port(let port)? = contest.winner?.claim, let origin = contest.origin else { return }
        service.port = port
        spec.origins[path] = origin
        if let variable = command.portVariable {
            service.start = command.text.replacingDefault(of: variable, with: String(port))
        }
        if let second = contest.runnerUp, let first = contest.winner, first.score - second.score < Self.closeCall,
            second.score >= Confidence.toolFile - 0.01
        {
            spec.diagnostics.append(.twoPorts(service.name, first, second))
        }
    }

    /// What each detector refines, directly or through others.
    private static func refinements(of detectors: [any Detector]) -> [String: Set<String>] {
        let direct = detectors.reduce(into: [:]) { $0[$1.name] = $1.refines }
        return direct.keys.reduce(into: [:]) { result, name in
            var found: Set<String> = []
            var waiting = direct[name] ?? []
            while let next = waiting.popLast() {
                if found.insert(next).inserted { waiting += direct[next] ?? [] }
            }
            result[name] = found
        }
    }
}

extension String {
    /// The shell text with `${NAME:-old}` turned into `${NAME:-new}`.
    func replacingDefault(of variable: String, with value: String) -> String {
        let opening = "${\(variable):-"
        guard let start = firstRange(of: opening), let end = self[start.upperBound...].firstIndex(of: "}") else {
            return self
        }
        return self[..<start.upperBound] + value + self[end...]
    }
}
