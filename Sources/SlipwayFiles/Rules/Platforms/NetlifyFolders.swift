// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Deploy directory does not exist.
    static let netlifyPublish = Rule(
        "AP563", .error, "Netlify looks for the site below the base folder twice",
        why:
            "publish counts from base (docs.netlify.com/build/configure-builds/overview): the deployment ends with \"Deploy "
            + "directory does not exist\".",
        catches: [
            [
                "netlify.toml": "[build]\nbase = \"web\"\npublish = \"web/dist\"\ncommand = \"npm run build\"\n",
                "web/package.json": "{}",
            ]
        ],
        passes: [
            [
                "netlify.toml": "[build]\nbase = \"web\"\npublish = \"dist\"\ncommand = \"npm run build\"\n",
                "web/package.json": "{}",
            ], ["netlify.toml": "[build]\npublish = \"web/dist\"\n", "web/package.json": "{}"],
            [
                "netlify.toml": "[build]\nbase = \"web\"\npublish = \"web/dist\"\n", "web/package.json": "{}",
                "web/web/package.json": "{}",
            ],
        ]
    ) { repository in
        repository.tree.files(named: "netlify.toml").compactMap { entry in
            guard let build = repository.tree.text(entry.path).flatMap({ TOMLDocument(parsing: $0).root })?["build"],
                let publish = build["publish"], let text = publish.text, !text.hasPrefix("/"),
                let base = build["base"]?.text.map({ GoPath.clean(String($0.drop { $0 == "/" })) }), base != ".",
                case let path = GoPath.clean(text), path.hasPrefix(base + "/"),
                !repository.tree.hasDirectory(base + "/" + base)
            else { return nil }
            return Violation(
                file: entry.path, line: publish.line,
                "\(base)/\(path) is made by nothing; write: publish = \"\(path.dropFirst(base.utf8.count + 1))\"")
        }
    }
}
