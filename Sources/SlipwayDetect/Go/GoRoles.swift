// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What each program of a Go code base is in production, judged together: names say it of one program, images and
/// workflows say it of one among several.
enum GoRoles {
    /// Names of programs beside the server that people run by hand.
    private static let tools: Set<String> = [
        "migrate", "migrations", "migration", "migrator", "seed", "seeder", "cli", "tool", "tools", "gen", "generate",
        "generator", "storybook", "mock", "fake", "example", "demo", "test", "bench", "ctl", "lint", "docs", "client",
        "healthcheck", "loadtest",
    ]

    /// Libraries whose programs wait for messages or for the clock.
    private static let queues = [
        "github.com/streadway/amqp", "github.com/rabbitmq/amqp091-go", "github.com/segmentio/kafka-go",
        "github.com/Shopify/sarama", "github.com/IBM/sarama", "github.com/confluentinc/confluent-kafka-go",
        "github.com/nats-io/nats.go", "github.com/nsqio/go-nsq", "github.com/robfig/cron", "github.com/hibiken/asynq",
        "github.com/riverqueue/river",
    ]

    /// By the program's folder; those that nobody runs in production are left out.
    static func roles(of module: GoModule, _ repository: Repository) -> [String: Role] {
        let programs = module.programs
        var roles: [String: Role] = [:]
        for program in programs where !isTool(program) || programs.count == 1 {
            roles[program.directory] = program.role(
                among: programs.count, moduleListens: module.listens, module: module.name)
        }
        if programs.count > 1, module.listens {
            let built = programs.filter { !isTool($0) && isBuilt($0, in: module, repository) }
            // Where the server's code is in a package of its own, what is built and shipped is the server.
            if !built.isEmpty, !built.contains(where: { roles[$0.directory] == .backend }), built.count == 1 {
                roles[built[0].directory] = .backend
            }
            if built.contains(where: { roles[$0.directory] == .backend }) {
                for program in programs
                where roles[program.directory] == .backend && !program.listens
                    && !built.contains(where: { $0.directory == program.directory })
                {
                    roles[program.directory] = nil
                }
            }
        }
        if roles.isEmpty, let only = programs.first, programs.count == 1, !module.listens,
            module.requires.contains(where: { required in queues.contains { required.path.hasPrefix($0) } }),
            repository.images.contains(where: { $0.context == module.directory && $0.image.ports.isEmpty })
        {
            roles[only.directory] = .worker
        }
        return roles
    }

    private static func isTool(_ program: GoProgram) -> Bool {
        program.name.lowercased().split { $0 == "-" || $0 == "_" }.contains { tools.contains(String($0)) }
    }

    /// Whether an image or a workflow builds the program by its folder.
    private static func isBuilt(_ program: GoProgram, in module: GoModule, _ repository: Repository) -> Bool {
        guard let inner = program.directory.relative(to: module.directory), inner != "." else { return false }
        let tree = repository.tree
        let workflows = tree.files(under: ".github/workflows").map(\.path)
        return (repository.images.map(\.image.path) + workflows).contains { path in
            guard let text = tree.text(path), text.contains(inner) else { return false }
            return text.split(separator: "\n").contains { line in
                guard ["go build", "go install", "ko build"].contains(where: { line.has($0) }),
                    let place = line.range(ofText: inner)
                else { return false }
                // Not the beginning of a longer name.
                return line[place.upperBound...].first.map { !$0.isLetter && !$0.isNumber && !"-_".contains($0) }
                    ?? true
            }
        }
    }
}
