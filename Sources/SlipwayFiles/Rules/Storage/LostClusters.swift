// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Started again, and empty.
    static let clusterDeletedAtStart = Rule(
        "AP515", .warning, "a start script deletes the cluster with its volumes",
        why:
            "The volumes of k3d, kind and minikube lie inside the cluster's nodes. A script that makes the cluster anew at each "
            + "start begins with an empty database each time.",
        catches: [
            [
                "k8s/db.yaml":
                    "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: db\nspec:\n  accessModes: [ReadWriteOnce]\n",
                "start.sh":
                    "#!/bin/sh\nk3d cluster delete shop || true\nk3d cluster create shop\nkubectl apply -f k8s\n",
            ]
        ],
        passes: [
            [
                "k8s/db.yaml":
                    "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: db\nspec:\n  accessModes: [ReadWriteOnce]\n",
                "start.sh": "#!/bin/sh\nk3d cluster list shop || k3d cluster create shop\nkubectl apply -f k8s\n",
            ],
            [
                "k8s/web.yaml": "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n",
                "start.sh":
                    "#!/bin/sh\nk3d cluster delete shop || true\nk3d cluster create shop\nkubectl apply -f k8s\n",
            ],
        ]
    ) { repository in
        guard
            repository.manifests.contains(where: { file in
                file.text.contains("PersistentVolumeClaim") || file.text.contains("volumeClaimTemplates")
            })
        else { return [] }
        return repository.scripts.compactMap { script in
            guard script.isStart || script.isDeployment, let deletion = ClusterDeletion(in: script.document) else {
                return nil
            }
            return Violation(
                file: script.location, line: deletion.line,
                "each start deletes the database with the cluster; delete this line, and make the cluster only when it is "
                    + "missing: \(deletion.test)")
        }
    }
}

/// A command that deletes a local cluster which the same script makes again.
private struct ClusterDeletion {
    let line: Int
    /// What makes the cluster only when it is not there.
    let test: String

    init?(in script: ScriptFile) {
        let commands = script.commands
        for (index, command) in commands.enumerated() {
            let words = command.words.map(\.text)
            let line = script.line(of: command)
            guard ["k3d", "kind", "minikube"].contains(words.first), words.contains("delete"), !command.isCondition,
                // One that stands inside a question is asked for.
                script.lines[line - 1].first?.isWhitespace == false,
                commands[(index + 1)...].contains(where: { later in
                    later.name == words[0] && (later.arguments.contains("create") || later.arguments.contains("start"))
                })
            else { continue }
            self.line = line
            let name = words.dropFirst().last { !$0.hasPrefix("-") && $0 != "delete" && $0 != "cluster" } ?? "NAME"
            test =
                words[0] == "k3d"
                ? "k3d cluster get \(name) || k3d cluster create \(name)"
                : words[0] == "kind" ? "kind get clusters | grep \(name) || kind create cluster" : "minikube start"
            return
        }
        return nil
    }
}
