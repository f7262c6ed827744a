// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What a service's command waits for before it starts anything: `nc -z db 5432`, `wait-for-it db:5432`.
enum AwaitedHosts {
    private static let waiters = ["wait-for-it", "wait-for", "wait_for", "waitforit"]

    static func named(in text: String) -> [String] {
        let words = text.split { " \t\n\"';()|&[]".contains($0) }.map(String.init)
        var hosts: [String] = []
        for (index, word) in words.enumerated() {
            let rest = words[(index + 1)...]
            let name = word.split(separator: "/").last.map(String.init) ?? word
            switch name {
            case "nc", "ncat":
                guard rest.prefix(3).contains(where: { $0.hasPrefix("-") && $0.contains("z") }) else { continue }
                hosts += rest.drop { $0.hasPrefix("-") || $0.allSatisfy(\.isNumber) }.prefix(1)
            case "pg_isready", "mysqladmin", "redis-cli":
                if let flag = rest.prefix(6).firstIndex(where: { $0 == "-h" || $0 == "--host" }) {
                    hosts += words[(flag + 1)...].prefix(1)
                }
            default:
                if waiters.contains(where: name.hasPrefix), let first = rest.first(where: { !$0.hasPrefix("-") }) {
                    hosts.append(String(first.prefix { $0 != ":" }))
                }
                if word.hasPrefix("tcp://") {
                    hosts.append(String(word.dropFirst(6).prefix { $0 != ":" && $0 != "/" }))
                }
            }
        }
        return hosts
    }
}

extension Rule<CheckedFile<ComposeFile>> {
    /// The loop never ends.
    static let waitsForLeftProfile = Rule(
        "CO150", .error, "a service waits for one that its profile leaves out",
        why:
            "With that profile the other service is not started, so its name does not exist: the loop before the program "
            + "never ends, and the application never starts.",
        catches: [
            RuleExample([
                "README.md": "```bash\ndocker compose --profile mongo up -d\n```\n",
                "compose.yml":
                    "services:\n  api:\n    image: api:1\n    command: sh -c \"while ! nc -z postgres 5432; do sleep 1; done; node a.js\"\n    profiles: [postgres, mongo]\n"
                    + "  postgres:\n    image: postgres:17\n    profiles: [postgres]\n",
            ])
        ],
        passes: [
            RuleExample(
                "services:\n  api:\n    image: api:1\n    command: sh -c \"while ! nc -z postgres 5432; do sleep 1; done; node a.js\"\n    profiles: [postgres]\n"
                    + "  postgres:\n    image: postgres:17\n    profiles: [postgres]\n")
        ]
    ) { file in
        let told = file.services.contains { !$0.profiles.isEmpty } ? chosenProfiles(file.repository) : []
        return file.services.flatMap { service -> [Violation] in
            let texts = [service.command, service.entrypoint].compactMap { $0 }
            return texts.flatMap { text in
                Set(AwaitedHosts.named(in: text.text)).sorted().compactMap { host -> Violation? in
                    guard let other = file[host], other.name != service.name, !other.profiles.isEmpty else {
                        return nil
                    }
                    let without =
                        service.profiles.isEmpty ? [""] : service.profiles.filter { !other.profiles.contains($0) }
                    guard let profile = without.first else { return nil }
                    let way = profile.isEmpty ? "without a profile" : "with the profile \(profile)"
                    return Violation(
                        line: text.line,
                        "\(way) there is no \(host), and \(service.name) waits for it for ever; "
                            + "wait only where it is started, or add to \(host): profiles: [\(profile)]",
                        severity: profile.isEmpty || told.contains([profile]) ? nil : .warning)
                }
            }
        }
    }

    /// The sets of profiles that the repository's commands choose.
    private static func chosenProfiles(_ repository: CheckedRepository) -> Set<Set<String>> {
        var found: Set<Set<String>> = []
        for told in repository.toldCommands where told.words.contains("--profile") {
            let words = told.words
            found.insert(
                Set(words.indices.filter { words[$0] == "--profile" && $0 + 1 < words.count }.map { words[$0 + 1] }))
        }
        return found
    }

    /// Nobody gets in, and nothing out.
    static let internalNetwork = Rule(
        "CO151", .warning, "a service in a network without a way out talks to the outside",
        why:
            "internal: true takes the network's way to the outside: what the service sends to other hosts never arrives, "
            + "and its published ports are reached by nobody.",
        catches: [
            "services:\n  api:\n    image: api:1\n    networks: [inside]\n    environment:\n      SLACK_WEBHOOK_URL: ${SLACK_WEBHOOK_URL}\nnetworks:\n  inside:\n    internal: true\n",
            "services:\n  web:\n    image: web:1\n    networks: [inside]\n    ports: ['80:80']\nnetworks:\n  inside:\n    internal: true\n",
        ],
        passes: [
            "services:\n  api:\n    image: api:1\n    networks: [inside, outside]\n    environment:\n      SLACK_WEBHOOK_URL: ${SLACK_WEBHOOK_URL}\nnetworks:\n  inside:\n    internal: true\n  outside: {}\n",
            "services:\n  db:\n    image: postgres:17\n    networks: [inside]\n    environment:\n      POSTGRES_PASSWORD: ${PASSWORD:?}\nnetworks:\n  inside:\n    internal: true\n",
        ]
    ) { file in
        let inside = Set(
            (file.root?["networks"]?.mapping?.entries ?? []).filter { $0.value["internal"]?.bool == true }.map(\.key))
        guard !inside.isEmpty else { return [] }
        return file.services.compactMap { service in
            let all = file.running(service.name).flatMap { networks(of: $0) }
            guard !all.isEmpty, all.allSatisfy(inside.contains), service.node["network_mode"] == nil else { return nil }
            let advice = "add a network that is not internal to \(service.name)"
            if let port = service.ports.first(where: { $0.published != nil }) {
                return Violation(line: port.position.line, "nobody reaches the published port; \(advice)")
            }
            guard let variable = service.environment.first(where: { OutsideNames.isOutside($0) }) else { return nil }
            return Violation(
                line: variable.position.line, "what \(variable.name) is for is outside; \(advice)")
        }
    }

    private static func networks(of service: ComposeService) -> [String] {
        guard let node = service.node["networks"] else { return [] }
        return node.mapping.map { $0.entries.map(\.key) } ?? node.texts ?? []
    }
}

/// Variables that are only for talking to hosts of others.
private enum OutsideNames {
    private static let names = [
        "SLACK_", "OPENAI_", "ANTHROPIC_", "GEMINI_", "STRIPE_", "TELEGRAM_BOT", "SENDGRID_", "MAILGUN_", "TWILIO_",
        "DISCORD_WEBHOOK", "DISCORD_TOKEN", "CLOUDINARY_", "GITHUB_CLIENT", "GOOGLE_CLIENT", "RESEND_API", "SENTRY_DSN",
        "SUPABASE_URL", "PAYPAL_", "RAZORPAY_", "GROQ_", "HUGGINGFACE_",
    ]

    static func isOutside(_ variable: PlacedVariable) -> Bool {
        let name = variable.name.uppercased()
        if names.contains(where: name.hasPrefix) { return true }
        guard let value = variable.value, value.hasPrefix("https://") else { return false }
        let host = value.dropFirst(8).prefix { $0 != "/" && $0 != ":" }
        return host.contains(".") && !host.contains("$") && name.contains("API")
    }
}
