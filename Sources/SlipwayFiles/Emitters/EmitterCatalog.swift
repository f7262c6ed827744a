// SPDX-License-Identifier: Apache-2.0

/// Every emitter; a test compares this list with the folder.
package enum EmitterCatalog {
    package static let all: [any Emitter] = [
        DockerfileEmitter(), DockerIgnoreEmitter(), ComposeEmitter(), EnvironmentTemplateEmitter(), NginxEmitter(),
        ScriptEmitter(), GuideEmitter(),
        FlyEmitter(), HerokuEmitter(), RailwayEmitter(), RenderEmitter(),
        ServerEmitter(), SwarmEmitter(), KubernetesEmitter(),
        GitHubEmitter(), GitLabEmitter(), ObservabilityEmitter(),
    ]
}
