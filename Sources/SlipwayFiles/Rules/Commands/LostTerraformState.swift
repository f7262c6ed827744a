// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The second apply knows nothing of the first.
    ///
    /// Without a backend block the state is terraform.tfstate in the working folder
    /// (developer.hashicorp.com/terraform/language/backend/local), and a runner is thrown away after its job.
    static let lostTerraformState = Rule(
        "AP611", .error, "a pipeline applies Terraform and keeps no state",
        why:
            "Without a backend the state lies in the runner's folder and goes with it: the next run wants to make "
            + "everything a second time, and ends with: already exists. Nothing can be changed or removed any more.",
        catches: [
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - run: |\n          cd infra\n          terraform init\n          terraform apply -auto-approve\n",
                "infra/main.tf":
                    "terraform {\n  # backend \"s3\" {}\n}\nresource \"aws_vpc\" \"a\" {\n  cidr_block = \"10.0.0.0/16\"\n}\n",
            ],
            [
                ".gitlab-ci.yml": "apply:\n  script:\n    - cd infra\n    - terraform apply -auto-approve\n",
                "infra/main.tf": "resource \"aws_vpc\" \"a\" {\n  cidr_block = \"10.0.0.0/16\"\n}\n",
            ],
        ],
        passes: [
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - run: terraform apply -auto-approve\n        working-directory: infra\n",
                "infra/main.tf": "resource \"aws_vpc\" \"a\" {\n  cidr_block = \"10.0.0.0/16\"\n}\n",
                "infra/state.tf": "terraform {\n  backend \"s3\" {\n    bucket = \"a\"\n  }\n}\n",
            ],
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: [self-hosted]\n    steps:\n      - uses: actions/checkout@v4\n      - run: terraform apply -auto-approve\n        working-directory: infra\n",
                "infra/main.tf": "resource \"aws_vpc\" \"a\" {\n  cidr_block = \"10.0.0.0/16\"\n}\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        var seen: Set<String> = []
        return repository.toldCommands.compactMap { told in
            guard let folder = TerraformFolder.applied(by: told),
                let main = TerraformFolder.first(in: folder, repository),
                !TerraformFolder.keepsState(folder, told.file, repository),
                seen.insert(told.file + "#" + folder).inserted
            else { return nil }
            return Violation(
                file: told.file, line: told.line,
                "the state is lost with the runner; add to \(main): terraform { backend \"s3\" { ... } }")
        }
    }
}

/// A folder that a pipeline applies.
private enum TerraformFolder {
    static func applied(by told: ToldCommand) -> String? {
        // The workspace of a Jenkins agent stays.
        guard told.teller == .workflow || told.teller == .pipeline && told.file.hasSuffix(".yml"),
            let program = told.words.first, ["terraform", "tofu"].contains(program), let folder = told.folder,
            told.words.dropFirst().first(where: { !$0.hasPrefix("-") }) == "apply"
        else { return nil }
        guard let elsewhere = told.words.first(where: { $0.hasPrefix("-chdir=") }) else { return folder }
        let path = String(elsewhere.dropFirst(7))
        return ToldCommand.isPlain(path) ? GoPath.clean(folder + "/" + path) : nil
    }

    private static func files(in folder: String, _ repository: CheckedRepository) -> [SourceTree.Entry] {
        repository.tree.files(ending: "tf").filter { $0.directory == folder }
    }

    /// The file that a backend belongs to.
    static func first(in folder: String, _ repository: CheckedRepository) -> String? {
        let files = files(in: folder, repository)
        return (files.first { $0.name == "main.tf" } ?? files.first)?.path
    }

    /// Whether a backend is written there, or the pipeline carries the state along in another way.
    static func keepsState(_ folder: String, _ pipeline: String, _ repository: CheckedRepository) -> Bool {
        let text = repository.tree.text(pipeline) ?? ""
        if [
            "backend-config", "backend \"", "backend.tf", "backend=", "tfstate", "-state", "TF_", "self-hosted",
            "TERRAFORM_CLOUD", "terragrunt", "artifacts:",
        ]
        .contains(
            where: text.contains)
        {
            return true
        }
        return files(in: folder, repository).contains { entry in
            (repository.tree.text(entry.path) ?? "").split(separator: "\n").map(\.trimmed).contains {
                $0.hasPrefix("backend ") || $0.hasPrefix("cloud {") || $0.hasPrefix("cloud{")
            }
        }
    }
}
