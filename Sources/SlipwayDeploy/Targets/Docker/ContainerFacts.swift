// SPDX-License-Identifier: Apache-2.0

import SlipwayFiles

/// What `docker inspect` says of one container.
struct ContainerFacts: Sendable {
    let node: DataNode

    var identifier: String { node["Id"]?.text ?? "" }
    /// Without the slash that Docker puts before it.
    var name: String { String((node["Name"]?.text ?? "").drop { $0 == "/" }) }
    var imageIdentifier: String { node["Image"]?.text ?? "" }
    /// Names of the Compose project's labels.
    var service: String { node.at("Config", "Labels", "com.docker.compose.service")?.text ?? "" }
    var isOneOff: Bool { node.at("Config", "Labels", "com.docker.compose.oneoff")?.text == "True" }
    /// `running`, `exited`, `restarting`, ...
    var status: String { node.at("State", "Status")?.text ?? "" }
    var isRunning: Bool { status == "running" }
    var processIdentifier: Int { node.at("State", "Pid")?.int ?? 0 }
    var exitCode: Int { node.at("State", "ExitCode")?.int ?? -1 }
    var wasOutOfMemory: Bool { node.at("State", "OOMKilled")?.bool ?? false }
    var createdAt: String { node["Created"]?.text ?? "" }
    var startedAt: String { node.at("State", "StartedAt")?.text ?? "" }
    var finishedAt: String { node.at("State", "FinishedAt")?.text ?? "" }
    var restartCount: Int { node["RestartCount"]?.int ?? 0 }
    /// `healthy`, `unhealthy`, `starting`; `nil` without a check.
    var health: String? { node.at("State", "Health", "Status")?.text }
    var healthLog: [DataNode] { node.at("State", "Health", "Log")?.sequence ?? [] }
    var healthTest: [String] { node.at("Config", "Healthcheck", "Test")?.texts ?? [] }

    var user: String { node.at("Config", "User")?.text ?? "" }
    var workingDirectory: String { node.at("Config", "WorkingDir")?.text ?? "/" }
    var environment: [String: String] {
        let pairs = (node.at("Config", "Env")?.texts ?? []).compactMap { line -> (String, String)? in
            guard let equals = line.firstIndex(of: "=") else { return nil }
            return (String(line[..<equals]), String(line[line.index(after: equals)...]))
        }
        return Dictionary(pairs) { $1 }
    }
    var entrypoint: [String] { node.at("Config", "Entrypoint")?.texts ?? [] }
    var command: [String] { node.at("Config", "Cmd")?.texts ?? [] }
    var image: String { node.at("Config", "Image")?.text ?? "" }
    var stopSignal: String { node.at("Config", "StopSignal")?.text ?? "SIGTERM" }

    var memoryLimit: Int { node.at("HostConfig", "Memory")?.int ?? 0 }
    var restartPolicy: String { node.at("HostConfig", "RestartPolicy", "Name")?.text ?? "no" }
    var isReadOnly: Bool { node.at("HostConfig", "ReadonlyRootfs")?.bool ?? false }
    var isPrivileged: Bool { node.at("HostConfig", "Privileged")?.bool ?? false }
    var temporaryFolders: [String] { node.at("HostConfig", "Tmpfs")?.mapping?.keys ?? [] }
    var networks: [String] { node.at("NetworkSettings", "Networks")?.mapping?.keys ?? [] }
    var networkNode: DataNode? { node.at("NetworkSettings", "Networks") }

    struct Mount: Equatable, Sendable {
        let kind: String
        let name: String
        let target: String
        let isWritable: Bool
    }
    var mounts: [Mount] {
        (node["Mounts"]?.sequence ?? []).compactMap { mount in
            guard let target = mount["Destination"]?.text else { return nil }
            return Mount(
                kind: mount["Type"]?.text ?? "", name: mount["Name"]?.text ?? mount["Source"]?.text ?? "",
                target: target, isWritable: mount["RW"]?.bool ?? true)
        }
    }

    /// Published addresses by container port.
    var published: [(target: UInt16, address: String, port: UInt16)] {
        (node.at("NetworkSettings", "Ports")?.mapping?.entries ?? []).flatMap { entry in
            (entry.value.sequence ?? []).compactMap { binding in
                guard let target = UInt16(entry.key.prefix { $0.isNumber }),
                    let port = binding["HostPort"]?.text.flatMap({ UInt16($0) })
                else { return nil }
                return (target, binding["HostIp"]?.text ?? "", port)
            }
        }
    }
}
