// SPDX-License-Identifier: Apache-2.0

/// Every emitter; a test compares this list with the folder.
package enum EmitterCatalog {
    package static let all: [any Emitter] = [
        ComposeEmitter(),
        DockerIgnoreEmitter(),
        DockerfileEmitter(),
        EnvironmentTemplateEmitter(),
        FlyEmitter(),
        GitHubEmitter(),
        GitLabEmitter(),
        HerokuEmitter(),
        KubernetesEmitter(),
        NginxEmitter(),
        ObservabilityEmitter(),
        RailwayEmitter(),
        RenderEmitter(),
        ScriptEmitter(),
        ServerEmitter(),
        SwarmEmitter(),
    ]
}
