// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Whoever asks says where the question comes from.
    static let proxyTrust = Rule(
        "AP187", .info, "a server believes every client's forwarded headers",
        why:
            "With every address trusted as a proxy, a client writes X-Forwarded-For itself: rate limits, allow lists and "
            + "logs see the address that it chose, and X-Forwarded-Proto makes plain requests look encrypted.",
        catches: [
            [
                "Dockerfile":
                    "FROM python:3.13\nCMD [\"uvicorn\", \"a:app\", \"--host\", \"0.0.0.0\", \"--forwarded-allow-ips=*\"]\n"
            ],
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    ports: ['8000:8000']\n"
                    + "    environment:\n      FORWARDED_ALLOW_IPS: '*'\n",
                "Dockerfile": "FROM python:3.13\nCMD [\"uvicorn\", \"a:app\", \"--host\", \"0.0.0.0\"]\n",
            ],
        ],
        passes: [
            [
                "Dockerfile":
                    "FROM python:3.13\nCMD [\"uvicorn\", \"a:app\", \"--host\", \"0.0.0.0\", \"--forwarded-allow-ips=10.0.0.0/8\"]\n"
            ]
        ]
    ) { repository in
        var seen: Set<String> = []
        return repository.deployedUnits.compactMap { unit in
            guard let place = trustsAll(unit), seen.insert("\(place.file):\(place.line)").inserted else { return nil }
            // Nothing stands between the server and the network.
            let isOpen =
                unit.compose?.isForDevelopment == false
                && unit.service?.ports.contains { port in
                    port.published != nil && (port.address ?? "").isEmpty
                } == true
            return Violation(
                file: place.file, line: place.line,
                "every client can say where it comes from; write the proxy's address or network instead of *",
                severity: isOpen ? .warning : nil)
        }
    }

    private static func trustsAll(_ unit: DeployedUnit) -> (file: String, line: Int)? {
        if let compose = unit.compose,
            let variable = unit.service?.environment.first(where: {
                $0.name == "FORWARDED_ALLOW_IPS" && $0.value == "*"
            })
        {
            return (compose.location, variable.line)
        }
        guard let start = unit.start else { return nil }
        let words = start.text.split { " '\"".contains($0) }
        for (index, word) in words.enumerated() where word.hasPrefix("--forwarded-allow-ips") {
            let isNext = word == "--forwarded-allow-ips" && words.indices.contains(index + 1) && words[index + 1] == "*"
            if isNext || word == "--forwarded-allow-ips=*" { return (start.file, start.line) }
        }
        return nil
    }
}
