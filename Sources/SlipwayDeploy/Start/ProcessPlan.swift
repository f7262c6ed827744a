// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// Composes the process of a service. Pure.
package struct ProcessPlan: Sendable {
    /// How long a worker must run to count as started; most configuration errors end a process within a second.
    private static let workerUptime = Duration.seconds(1)
    /// Without a health path, and with one, until the first good answer. A cold start of a large Python application on
    /// a small machine takes half of it.
    private static let readyDeadline = Duration.seconds(60)

    package var service: Service
    /// Absolute path of the service's folder.
    package var directory: String
    package var build: BuildPlan
    package var port: UInt16?
    /// The machine's variables that every process gets, PATH among them.
    package var base: [String: String]
    package var environment: [String: String]
    package var isDevelopment: Bool
    /// Names of the processes that the engine runs, to depend on.
    package var processes: Set<String>

    package init(
        service: Service, directory: String, build: BuildPlan, port: UInt16?, base: [String: String],
        environment: [String: String], isDevelopment: Bool = false, processes: Set<String> = []
    ) {
        self.service = service
        self.directory = directory
        self.build = build
        self.port = port
        self.base = base
        self.environment = environment
        self.isDevelopment = isDevelopment
        self.processes = processes
    }

    /// Everything that the service's commands find in their environment.
    package var variables: [String: String] {
        var all = base
        all["PYTHONUNBUFFERED"] = "1"
        all["NODE_ENV"] = isDevelopment ? "development" : "production"
        all.merge(build.environment) { $1 }
        all.merge(environment) { $1 }
        all["PATH"] = (build.pathEntries + [base["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"]).joined(separator: ":")
        return all
    }

    /// - Parameter find: The absolute path of a program on the given PATH, or `nil`.
    /// - Throws: ``SlipwayError`` `missingTool` when the program to start is nowhere; `badConfiguration` without a
    ///   start command.
    package func process(find: (String, String) -> String?) throws -> ProcessSpec {
        guard var text = build.start ?? service.start else {
            throw SlipwayError(
                .badConfiguration, "\(service.name) has no start command",
                hint: "state it in slipway.yml: services.\(service.name).start")
        }
        text = StartCommand.onLoopback(text)
        if service.portVariable == nil, let port, let old = service.port, old != port {
            text = StartCommand.moving(text, from: old, to: port) ?? text
        }
        let variables = variables
        let path = variables["PATH"] ?? ""
        let program = try StartCommand.program(text, directory: directory) { find($0, path) }
        return ProcessSpec(
            name: service.name, executable: program.executable, arguments: program.arguments,
            environment: ProcessEnvironment(variables), directory: directory,
            dependsOn: service.uses.filter(processes.contains), probe: probe, port: port)
    }

    private var probe: Probe {
        guard let port else { return Probe(.uptime(Self.workerUptime)) }
        guard let path = service.healthPath else { return Probe(.tcp(port: port), deadline: Self.readyDeadline) }
        return Probe(
            .http(port: port, path: path.hasPrefix("/") ? path : "/" + path), deadline: Self.readyDeadline)
    }
}
