// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Copied from somebody's manual, and never filled in.
    static let examplePlace = Rule(
        "AP341", .error, "a deployment goes to a folder that is only an example",
        why: "No machine has the folder: cd fails, and what follows runs in the home folder or not at all.",
        catches: [
            [
                ".github/workflows/deploy.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: appleboy/ssh-action@v1\n        with:\n          script: |\n            cd /path/to/your/app\n            ./deploy.sh\n"
            ],
            ["deploy.sh": "#!/bin/sh\nset -e\ncd /path/to/shop\ngit pull\n"],
            ["deploy.sh": "#!/bin/sh\nset -e\nrsync -a dist/ bot@a.example:/path/to/site/\n"],
        ],
        passes: [
            ["deploy.sh": "#!/bin/sh\nset -e\ncd /srv/shop\ngit pull\n"],
            ["deploy.sh": "#!/bin/sh\nset -e\n# cd /path/to/shop\necho 'usage: deploy.sh /path/to/shop'\n"],
            ["README.md": "```sh\ncd /path/to/shop\n./deploy.sh\n```\n"],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return repository.toldCommands.compactMap { told in
            guard told.isOfDeployment, let program = told.words.first,
                let place = place(program, told.words.dropFirst()), isExample(place)
            else { return nil }
            return Violation(
                file: told.file, line: told.line,
                "no machine has \(place); write the folder of the application on the server")
        }
    }

    private static func place(_ program: String, _ arguments: ArraySlice<String>) -> String? {
        switch program {
        case "cd", "pushd": arguments.first
        case "rsync", "scp": arguments.last
        default: nil
        }
    }

    private static func isExample(_ place: String) -> Bool {
        let lower = place.lowercased()
        return ["/path/to/", "/path/to", "/your/path", "/your-project", "/your_project", "/your-app", "/your-repo"]
            .contains { lower.hasSuffix($0) || lower.contains($0 + "/") || $0.hasSuffix("/") && lower.contains($0) }
    }
}
