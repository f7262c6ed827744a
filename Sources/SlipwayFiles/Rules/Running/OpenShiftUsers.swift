// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ManifestFile>> {
    /// OpenShift gives every namespace a range of its own.
    static let fixedUserOnOpenShift = Rule(
        "KU076", .error, "OpenShift refuses the number of the account",
        why:
            "OpenShift's restricted profile takes accounts of the namespace's own range alone: a pod with another number is "
            + "never made.",
        catches: [
            [
                "openshift/db.yaml":
                    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: db\nspec:\n  template:\n    spec:\n      securityContext:\n        runAsUser: 10001\n      containers:\n        - name: db\n          image: postgres:17\n",
                "openshift/route.yaml": "apiVersion: route.openshift.io/v1\nkind: Route\nmetadata:\n  name: a\n",
            ]
        ],
        passes: [
            [
                "openshift/db.yaml":
                    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: db\nspec:\n  template:\n    spec:\n      serviceAccountName: db\n      securityContext:\n        runAsUser: 10001\n      containers:\n        - name: db\n          image: postgres:17\n",
                "openshift/route.yaml": "apiVersion: route.openshift.io/v1\nkind: Route\nmetadata:\n  name: a\n",
            ],
            [
                "k8s/db.yaml":
                    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: db\nspec:\n  template:\n    spec:\n      securityContext:\n        runAsUser: 10001\n      containers:\n        - name: db\n          image: postgres:17\n"
            ],
        ]
    ) { file in
        let folder = file.folder
        let isOpenShift = file.repository.manifests.contains { other in
            other.folder == folder && other.objects.contains { $0.apiVersion.contains(".openshift.io/") }
        }
        guard isOpenShift || file.location.contains("openshift/") else { return [] }
        return file.workloads.compactMap { object in
            guard object.pod?["serviceAccountName"] == nil, object.pod?["serviceAccount"] == nil else { return nil }
            let contexts = [object.pod?["securityContext"]] + object.allContainers.map { $0["securityContext"] }
            for context in contexts {
                for key in ["runAsUser", "fsGroup"] {
                    guard let node = context?[key], let number = node.int, number < 1_000_000_000 else { continue }
                    return Violation(
                        line: node.line,
                        "\(key) \(number) is outside every namespace's range; delete the line, or give the pod a service "
                            + "account with the anyuid profile")
                }
            }
            return nil
        }
    }
}
