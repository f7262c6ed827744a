// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ComposeFile>> {
    /// Who reaches the port runs code.
    static let publishedDebugger = Rule(
        "CO053", .warning, "a debugger's port is published",
        why: "A debugger asks for no password: whoever reaches its port runs code in the application.",
        catches: [
            [
                "compose.yml": "services:\n  api:\n    build: .\n    ports: ['8080:8080', '5005:5005']\n",
                "Dockerfile":
                    "FROM eclipse-temurin:21\nCMD [\"java\", \"-agentlib:jdwp=transport=dt_socket,server=y,address=*:5005\", \"-jar\", \"a.jar\"]\n",
            ],
            "services:\n  api:\n    image: node:22\n    command: node --inspect=0.0.0.0:9229 a.js\n    ports: ['9229:9229']\n",
            "services:\n  api:\n    build: .\n    ports: ['8080:8080', '5005:5005']\n",
        ],
        passes: [
            "services:\n  api:\n    image: node:22\n    command: node --inspect=0.0.0.0:9229 a.js\n    ports: ['127.0.0.1:9229:9229']\n",
            "services:\n  api:\n    image: node:22\n    command: node a.js\n    ports: ['3000:3000']\n",
        ]
    ) { file in
        file.services.flatMap { service -> [Violation] in
            let dockerfile = service.build == nil ? nil : file.dockerfile(of: service)?.text
            let text = (service.command?.text ?? "") + (dockerfile ?? "")
            return service.ports.compactMap { port in
                guard let debugger = debuggers.first(where: { $0.port == port.target }), let published = port.published,
                    port.isOpen, file.known(service) == nil
                else { return nil }
                // Others listen on these ports too: beside the application's own it is the debugger's.
                let isUsual = service.build != nil && service.ports.count > 1 && debugger.isUnshared
                guard isUsual || text.contains(debugger.sign) else { return nil }
                return Violation(
                    line: port.position.line, column: port.position.column,
                    "\(debugger.name) on \(published) runs anyone's code; delete the port, or write: "
                        + "127.0.0.1:\(published):\(port.target)",
                    severity: file.isForDevelopment ? .info : .warning)
            }
        }
    }

    /// The ports that debuggers listen on unless told otherwise, by their documentation.
    private static let debuggers: [(port: UInt16, name: String, sign: String, isUnshared: Bool)] = [
        (5005, "the Java debugger", "jdwp", true), (9229, "the Node.js debugger", "--inspect", true),
        (5678, "debugpy", "debugpy", false), (2345, "the Go debugger", "dlv", false),
    ]
}
