// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

extension SoftwareList {
    /// CycloneDX 1.5: https://cyclonedx.org/docs/1.5/json/
    /// - Parameter time: RFC 3339, UTC.
    func cycloneDX(time: String) -> String {
        let components = items.map { item -> FileValue in
            var map: FileMap = [
                "type": "library", "bom-ref": .string(item.address), "name": .string(item.package.name),
                "version": .string(item.package.version), "purl": .string(item.address),
            ]
            if let license = item.package.license, !license.isEmpty {
                map.set("licenses", .list([["license": ["name": .string(license)]]]))
            }
            map.set(
                "properties",
                .list([
                    ["name": "slipway:location", "value": .string(item.path)],
                    ["name": "slipway:layers", "value": item.isBase ? "base" : "own"],
                ]))
            return .map(map)
        }
        return JSONText.print([
            "bomFormat": "CycloneDX", "specVersion": "1.5", "serialNumber": "urn:uuid:\(uniqueName)", "version": 1,
            "metadata": [
                "timestamp": .string(time),
                "tools": [
                    "components": [["type": "application", "name": "slipway", "version": .string(Version.current)]]
                ],
                "component": [
                    "type": "container", "bom-ref": .string(identifier), "name": .string(image),
                    "version": .string(identifier),
                ],
            ],
            "components": .list(components),
            "dependencies": .list([["ref": .string(identifier), "dependsOn": .texts(items.map(\.address))]]),
        ])
    }

    /// SPDX 2.3: https://spdx.github.io/spdx-spec/v2.3/
    /// - Parameter time: RFC 3339, UTC, without parts of a second.
    func spdx(time: String) -> String {
        func package(_ identifier: String, _ name: String, _ version: String) -> FileMap {
            [
                "SPDXID": .string(identifier), "name": .string(name), "versionInfo": .string(version),
                "downloadLocation": "NOASSERTION", "filesAnalyzed": false, "licenseConcluded": "NOASSERTION",
                "licenseDeclared": "NOASSERTION", "copyrightText": "NOASSERTION",
            ]
        }
        var packages: [FileValue] = [.map(package("SPDXRef-Image", image, identifier))]
        var relations: [FileValue] = [relation("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-Image")]
        for (index, item) in items.enumerated() {
            var map = package("SPDXRef-Package-\(index + 1)", item.package.name, item.package.version)
            map.set("comment", .string("\(item.isBase ? "base image" : "own layers"), \(item.path)"))
            map.set(
                "externalRefs",
                .list([
                    [
                        "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                        "referenceLocator": .string(item.address),
                    ]
                ]))
            packages.append(.map(map))
            relations.append(relation("SPDXRef-Image", "CONTAINS", "SPDXRef-Package-\(index + 1)"))
        }
        let digits = String(time.prefix { $0 != "." })
        return JSONText.print([
            "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT",
            "name": .string(image), "documentNamespace": "urn:uuid:\(uniqueName)",
            "creationInfo": [
                "created": .string(digits.hasSuffix("Z") ? digits : digits + "Z"),
                "creators": [.string("Tool: slipway-\(Version.current)")],
            ],
            "packages": .list(packages), "relationships": .list(relations),
        ])
    }

    private func relation(_ from: String, _ kind: String, _ to: String) -> FileValue {
        [
            "spdxElementId": .string(from), "relationshipType": .string(kind), "relatedSpdxElement": .string(to),
        ]
    }

    /// A UUID of version 8 that is the same for the same image.
    private var uniqueName: String {
        let digest = Array(Digest.sha256("slipway-software:\(identifier)").prefix(32))
        var text = String(digest[0..<8]) + "-" + String(digest[8..<12]) + "-8" + String(digest[13..<16])
        text += "-a" + String(digest[17..<20]) + "-" + String(digest[20..<32])
        return text
    }
}
