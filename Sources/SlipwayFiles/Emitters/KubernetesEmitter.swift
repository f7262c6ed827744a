// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// Manifests with Kustomize overlays for staging and production, and a Helm chart of the same objects.
package struct KubernetesEmitter: Emitter {
    package let name = "kubernetes"
    package let target = FileTarget.kubernetes

    package init() {}

    package func emit(_ input: EmitterInput) -> [GeneratedFile] {
        let layout = input.layout
        guard !layout.images.isEmpty else { return [] }
        return Kustomization(layout: layout).files + HelmChart(layout: layout).files
    }
}
