// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Maximum upload size exceeded
    static let springUploadLimit = Rule(
        "AP392", .warning, "Spring refuses uploads of more than 1 MB",
        why:
            "Spring Boot takes files up to 1 MB unless spring.servlet.multipart.max-file-size says more: pictures of "
            + "telephones are larger, and every such upload ends with MaxUploadSizeExceededException.",
        catches: [
            [
                "src/main/java/Foods.java":
                    "@PostMapping\npublic String save(@RequestParam(\"image\") MultipartFile image) {\n  return \"ok\";\n}\n",
                "src/main/resources/application.yml": "server:\n  port: 8080\n",
            ]
        ],
        passes: [
            [
                "src/main/java/Foods.java":
                    "@PostMapping\npublic String save(@RequestParam(\"image\") MultipartFile image) {\n  return \"ok\";\n}\n",
                "src/main/resources/application.yml":
                    "spring:\n  servlet:\n    multipart:\n      max-file-size: 20MB\n",
            ],
            [
                "src/main/java/Foods.java": "public String name() {\n  return \"ok\";\n}\n",
                "src/main/resources/application.yml": "server:\n  port: 8080\n",
            ],
        ]
    ) { repository in
        let tree = repository.tree
        let settings = ["application.yml", "application.yaml", "application.properties"].flatMap(tree.files(named:))
            .filter { $0.path.contains("src/main/resources") }
        guard repository.isWhole, !settings.isEmpty else { return [] }
        let roots = Set(settings.map { $0.path.components(before: "src/main/resources") })
        guard roots.count == 1, let root = roots.first else { return [] }
        let isSet = tree.entries.contains { entry in
            guard
                entry.name.hasPrefix("application") || entry.name.hasPrefix("Dockerfile") || entry.path.hasSuffix("yml")
                    || entry.path.hasSuffix(".env.example"),
                let bytes = tree.bytes(entry.path)
            else { return false }
            return ["max-file-size", "maxFileSize", "MAX_FILE_SIZE", "multipart.enabled"].contains {
                ByteSearch.contains($0.utf8, in: bytes)
            }
        }
        guard !isSet else { return [] }
        let files = repository.code([".java", ".kt"], with: ["MultipartFile", "MultipartConfig", "setMaxFileSize"])
        guard !files.contains(where: { $0.line(with: "MultipartConfig", "setMaxFileSize") != nil }) else { return [] }
        let found = files.lazy.filter { $0.path.hasPrefix(root) }.compactMap { code -> (CodeText, Int)? in
            let isController = code.line(with: "@PostMapping", "@PutMapping", "@RequestMapping") != nil
            let index = code.bare.firstIndex { $0.contains("MultipartFile") && !$0.hasPrefix("import") }
            return isController ? index.map { (code, $0 + 1) } : nil
        }.first
        return found.map { code, line in
            [
                Violation(
                    file: settings[0].path, line: 1,
                    "\(code.path):\(line) takes uploads, and Spring refuses more than 1 MB; add: "
                        + "spring.servlet.multipart.max-file-size: 20MB and max-request-size: 20MB")
            ]
        } ?? []
    }
}

extension String {
    /// What stands before the first occurrence of a folder.
    fileprivate func components(before folder: String) -> String {
        TextSearch.range(of: folder, in: self[...]).map { String(self[..<$0.lowerBound]) } ?? ""
    }
}
